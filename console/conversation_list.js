// A list of conversations: waiting times and deadlines tick here, so that nothing travels while nothing happens.
export default {
  template: `
    <div class="dd-list" role="list" :aria-label="label" tabindex="0" @keydown="key">
      <div v-if="!rows.length" class="dd-empty" role="listitem">{{ empty }}</div>
      <div v-for="row in rows" :key="row.id" role="listitem" :class="['dd-row', row.tone, {chosen: row.id === chosen}]">
       <div role="button" tabindex="0" class="dd-open" :aria-current="row.id === chosen ? 'true' : null"
            @click="$emit('choose', row.id)" @keydown.enter="$emit('choose', row.id)">
        <div class="dd-line">
          <span :class="['dd-channel', row.channel]">{{ row.channel_name }}</span>
          <span class="dd-who">{{ row.who }}</span>
          <span v-if="row.unread" class="dd-unread" :aria-label="row.unread + '条未读'">{{ row.unread }}</span>
          <span v-if="row.deadline" :class="['dd-clock', {late: now > row.deadline}]">{{ left(row.deadline) }}</span>
          <span v-else-if="row.since" class="dd-clock">{{ ago(row.since) }}</span>
        </div>
        <div class="dd-line dd-sub">
          <span v-if="row.mark" :class="['dd-mark', row.tone]">{{ row.mark }}</span>
          <span class="dd-text">{{ row.text }}</span>
        </div>
       </div>
       <button v-if="row.act" class="dd-act" @click="$emit('act', row.id)">{{ row.act }}</button>
      </div>
      <div v-if="more" class="dd-empty" role="listitem">另有 {{ more }} 位</div>
    </div>`,
  props: { rows: Array, chosen: String, label: String, empty: String, more: Number },
  data: () => ({ now: Date.now() / 1000 }),
  mounted() { this.timer = setInterval(() => { this.now = Date.now() / 1000; }, 1000); },
  unmounted() { clearInterval(this.timer); },
  methods: {
    span(seconds) {
      const s = Math.max(0, Math.round(seconds));
      const [h, m] = [Math.floor(s / 3600), Math.floor((s % 3600) / 60)];
      const two = (n) => String(n).padStart(2, "0");
      return h ? `${h}:${two(m)}:${two(s % 60)}` : `${two(m)}:${two(s % 60)}`;
    },
    left(deadline) { return deadline > this.now ? this.span(deadline - this.now) : "超 " + this.span(this.now - deadline); },
    ago(since) { return this.span(this.now - since); },
    key(event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step || !this.rows.length) return;
      event.preventDefault();
      const at = this.rows.findIndex((row) => row.id === this.chosen);
      const next = this.rows[Math.min(this.rows.length - 1, Math.max(0, at + step))];
      this.$emit("choose", next.id);
    },
  },
};
