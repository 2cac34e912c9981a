// Where an agent writes. Enter sends, Shift+Enter is a new line, / finds a canned reply by pinyin initials or words.
export default {
  template: `
    <div :class="['dd-composer', {note: note}]">
      <div v-if="found.length" class="dd-canned" role="listbox" aria-label="常用语">
        <div v-for="(each, n) in found" role="option" :aria-selected="n === at" :class="{chosen: n === at}" @mousedown.prevent="take(each)">
          <b>{{ each.title }}</b><span>{{ each.initials }}</span><small>{{ each.text }}</small></div>
      </div>
      <textarea ref="box" v-model="text" :placeholder="placeholder" :disabled="locked" :aria-label="note ? '内部备注' : '回复客户'"
        rows="3" maxlength="1000" @keydown="key" @input="typed"></textarea>
      <div class="dd-bar">
        <span class="dd-hint">{{ hint }}</span>
        <label v-if="!note" :class="['dd-photo', {off: locked}]" title="发送图片">图片<input type="file" accept="image/*" aria-label="发送图片" :disabled="locked" @change="photo"></label>
        <span v-if="allowance" :class="['dd-allowance', {none: !allowance.left}]">还可发 {{ allowance.left }} 条 · 剩 {{ left() }}</span>
        <button class="dd-send" :disabled="locked || !text.trim()" @click="send">{{ note ? '记下' : '发送' }}</button>
      </div>
    </div>`,
  props: { canned: Array, placeholder: String, locked: Boolean, note: Boolean, allowance: Object, hint: String, conversation: String },
  data: () => ({ text: "", at: 0, now: Date.now() / 1000, shut: false }),
  computed: {
    found() {
      if (this.shut || !this.text.startsWith("/") || this.text.includes("\n")) return [];
      const wanted = this.text.slice(1).toLowerCase();
      return (this.canned || []).filter((c) => c.initials.includes(wanted) || c.title.includes(wanted)).slice(0, 6);
    },
  },
  mounted() { this.timer = setInterval(() => { this.now = Date.now() / 1000; }, 1000); },
  unmounted() { clearInterval(this.timer); clearTimeout(this.saving); },
  methods: {
    left() {
      const s = Math.max(0, Math.round(this.allowance.until - this.now));
      return `${Math.floor(s / 3600)}:${String(Math.floor((s % 3600) / 60)).padStart(2, "0")}`;
    },
    put(text) { this.text = text; this.shut = false; },
    insert(text) { this.text = text; this.$nextTick(() => this.$refs.box.focus()); this.keep(); },
    focus() { this.$refs.box.focus(); },
    take(each) { this.text = ""; this.$emit("canned", each.id); },
    typed() {
      this.shut = false; this.at = 0;
      const now = Date.now();
      if (!this.note && this.text.trim() && now - (this.told || 0) > 3000) { this.told = now; this.$emit("typing"); }
      this.keep();
    },
    keep() {
      clearTimeout(this.saving);
      this.saving = setTimeout(() => this.$emit("draft", this.text), 500);
    },
    key(event) {
      if (this.found.length) {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step) { event.preventDefault(); this.at = (this.at + step + this.found.length) % this.found.length; return; }
        if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); this.take(this.found[this.at]); return; }
        if (event.key === "Escape") { this.shut = true; return; }
      }
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.send(); }
    },
    async photo(event) {
      const file = event.target.files[0];
      event.target.value = "";
      if (!file) return;
      const answer = await fetch(`/console/pictures/${this.conversation}`, { method: "POST", body: file }).catch(() => null);
      if (!answer?.ok) this.$emit("trouble", answer ? await answer.text() : "图片没有发出，请检查网络");
    },
    send() {
      const text = this.text.trim();
      if (!text || this.locked) return;
      clearTimeout(this.saving);
      this.text = ""; this.told = 0;
      this.$emit("send", text);
    },
  },
};
