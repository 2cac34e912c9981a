// What was said in one conversation, with what agents wrote for each other in between. Lines come once and in order.
const DAY = new Intl.DateTimeFormat("zh-CN", { month: "long", day: "numeric", weekday: "short" });
const TIME = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
const STATES = { queued: "待发送", sending: "发送中", held: "待客户回复后发送", sent: "已送达", failed: "发送失败" };
export default {
  template: `
    <div class="dd-transcript">
      <div class="dd-scroll" ref="scroll" role="log" aria-live="polite" aria-label="会话内容" tabindex="0" @scroll="scrolled">
        <button v-if="earlier" class="dd-earlier" @click="$emit('earlier', first)">更早的消息</button>
        <template v-for="line in lines" :key="line.key">
          <div v-if="line.day" class="dd-day">{{ line.day }}</div>
          <div :class="['dd-said', line.author, line.kind]">
            <div class="dd-by">{{ line.name }} · {{ line.time }}
              <span v-if="states[line.id]" :class="['dd-state', states[line.id].state]" :title="states[line.id].reason">{{ word(states[line.id].state) }}</span></div>
            <div v-if="line.card" class="dd-card"><b>{{ line.card.title }}</b>
              <div v-for="field in line.card.fields" class="dd-field"><span>{{ field.label }}</span><span>{{ field.value }}</span></div>
              <small>{{ line.card.footer }}</small></div>
            <a v-else-if="line.picture" :href="line.picture" target="_blank" rel="noopener"><img class="dd-picture" :src="line.picture" :alt="line.text || '图片'"></a>
            <div v-else class="dd-text">{{ line.text }}</div>
            <div v-if="line.buttons.length" class="dd-buttons"><span v-for="title in line.buttons">{{ title }}</span></div>
          </div>
        </template>
        <div v-if="typing" class="dd-typing" role="status">{{ typing }}</div>
      </div>
      <button v-if="below" class="dd-new" @click="bottom">有新消息 ↓</button>
    </div>`,
  data: () => ({ lines: [], states: {}, typing: "", earlier: false, below: false, first: 0, last: 0 }),
  methods: {
    word(state) { return STATES[state] || ""; },
    reset(items, earlier) {
      this.lines = []; this.states = {}; this.typing = ""; this.last = 0; this.earlier = earlier;
      this.first = items.length ? items[0].seq : 0;
      this.append(items);
      this.$nextTick(this.bottom);
    },
    prepend(items, earlier) {
      const box = this.$refs.scroll, height = box.scrollHeight, kept = this.lines;
      this.lines = []; this.earlier = earlier; this.first = items.length ? items[0].seq : this.first;
      this.lines = [...items.map(this.line), ...kept];
      this.days();
      this.$nextTick(() => { box.scrollTop += box.scrollHeight - height; });
    },
    append(items) {
      const box = this.$refs.scroll, near = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
      for (const item of items) {
        if (item.note ? this.lines.some((line) => line.key === "n" + item.id) : item.seq <= this.last) continue;
        if (!item.note) this.last = item.seq;
        this.lines.push(this.line(item));
      }
      this.days();
      this.$nextTick(() => { if (near) this.bottom(); else if (items.length) this.below = true; });
    },
    line(item) { return { ...item, key: (item.note ? "n" : "m") + item.id, time: TIME.format(new Date(item.at)), day: "" }; },
    days() {
      let before = "";
      for (const line of this.lines) {
        const day = DAY.format(new Date(line.at));
        line.day = day === before ? "" : day;
        before = day;
      }
    },
    setStates(states) { this.states = states; },
    setTyping(text) { this.typing = text; if (text) this.$nextTick(() => { if (!this.below) this.bottom(); }); },
    scrolled() { const box = this.$refs.scroll; if (box.scrollHeight - box.scrollTop - box.clientHeight < 40) this.below = false; },
    bottom() { const box = this.$refs.scroll; box.scrollTop = box.scrollHeight; this.below = false; },
  },
};
