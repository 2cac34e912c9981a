/**
 * <dianda-chat>: the web chat of 电答, in one file without dependencies or build step.
 *
 *   <script type="module" src="https://HOST/webchat/widget.js"></script> <dianda-chat></dianda-chat>
 *   <script type="module" src="https://HOST/webchat/widget.js?auto"></script>     adds the element by itself
 *   <button data-dianda-ask="查电费">查电费</button>                               opens the chat with this draft
 *
 * The server's transcript is the truth. `Feed` reads it, `Outbox` brings the customer's messages into it, `Transcript`
 * shows it. Every text reaches the page as a text node, never as markup. Needs a browser of 2022 or later.
 */

/* ------------------------------------------------------------------ words */

const STRINGS = {
  title: "电答在线客服",
  launcher: "在线客服",
  openChat: (unread) => (unread ? `打开在线客服，有 ${unread} 条未读消息` : "打开在线客服"),
  arrived: (unread) => `在线客服有 ${unread} 条新消息`,
  close: "收起对话",
  menu: "更多选项",
  larger: "大字显示",
  normal: "标准字号",
  restart: "重新开始对话",
  restartTitle: "重新开始对话？",
  restartText: "当前对话将从本机移除，未发出的消息不再发送。已提交的工单不受影响。",
  restartFailed: "暂时无法重新开始，请稍后再试。",
  cancel: "取消",
  log: "对话消息",
  scroll: "对话记录，可用方向键滚动",
  typing: "正在输入",
  input: "输入您的问题",
  send: "发送",
  toNewest: "有新消息",
  state: { connecting: "正在连接…", online: "在线", offline: "未连接" },
  noNetwork: "网络已断开。您可以继续输入，恢复后自动发送。急事请拨打 95598。",
  noServer: "暂时连接不上，正在重试。急事请拨打 95598。",
  who: { customer: "我", bot: "智能客服", agent: "人工客服", system: "提示" },
  sending: "发送中…",
  waiting: "尚未发出，将自动重试",
  waitSeconds: (seconds) => `${seconds} 秒后自动发送`,
  stale: "这条消息上次没有发出，请确认后再发。",
  refused: "这条消息未能发送，请修改后再试。",
  retry: "立即重试",
  edit: "重新编辑",
  image: "图片",
  enlarge: (alt) => `查看大图：${alt}`,
  imageLoading: "图片加载中…",
  imageFailed: "图片未能加载",
  imageRetry: "重新加载",
  closeImage: "关闭大图",
  day: (date) => `${date.getMonth() + 1}月${date.getDate()}日 周${"日一二三四五六"[date.getDay()]}`,
  dayOfYear: (date) => `${date.getFullYear()}年${STRINGS.day(date)}`,
};

const MAX_CHARACTERS = 2000;
const COUNT_FROM = 1800;

/** Milliseconds. Exported so that a test need not wait as long as a customer on a weak network does. */
export const TIMING = {
  request: 20_000, // an answer in full, over a weak network
  silence: 45_000, // a stream without even a keep-alive is dead
  echo: 4_000, // an accepted message must come back through the stream by then
  poll: 5_000, // between two readings where a proxy holds streams back
  streamAgain: 60_000, // until a stream is tried again after that
  backoff: 1_000, // the first pause after a failure; doubled each time …
  backoffMost: 30_000, // … up to this
  typed: 3_000, // between two words of ours that we are typing
  typing: 30_000, // dots nobody took back
  active: 30 * 60_000, // how long a closed chat keeps listening after its last message
  stale: 12 * 3_600_000, // an unsent message older than this is not sent without being asked
};

const backoff = (failures) => Math.min(TIMING.backoffMost, TIMING.backoff * 2 ** failures) * (0.5 + Math.random() / 2);

/** Resolves after `ms`, or at once when `signal` aborts. */
function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

/** An abort signal that fires after `ms` of waiting, or together with `outer`. */
class Deadline {
  #control = new AbortController();
  #expire = () => this.#control.abort();
  #outer;
  #timer;

  constructor(ms, outer) {
    this.#outer = outer;
    outer?.addEventListener("abort", this.#expire);
    if (outer?.aborted) this.#expire();
    this.extend(ms);
  }

  get signal() {
    return this.#control.signal;
  }

  extend(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#expire, ms);
  }

  clear() {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener("abort", this.#expire);
  }
}

/* ------------------------------------------------------------------ what stays on this device */

/** localStorage, read afresh each time because other tabs write it too; memory where it is blocked or full. */
class Store {
  #memory = new Map();
  #prefix;

  constructor(scope) {
    this.#prefix = `dianda-chat:${scope}:`;
  }

  key(name) {
    return this.#prefix + name;
  }

  get(name) {
    if (this.#memory.has(name)) return this.#memory.get(name);
    try {
      return JSON.parse(localStorage.getItem(this.key(name)));
    } catch {
      return null;
    }
  }

  set(name, value) {
    try {
      localStorage.setItem(this.key(name), JSON.stringify(value));
      this.#memory.delete(name);
    } catch {
      this.#memory.set(name, value);
    }
  }
}

/* ------------------------------------------------------------------ the server */

/** A request that did not succeed. Status 0: no answer at all. `retryAfter` in milliseconds, if the server named one. */
class Failure extends Error {
  constructor(status, message = "", retryAfter = undefined) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** The server has understood and says no: sending the same again is useless. */
  get final() {
    return this.status >= 400 && this.status < 500 && ![401, 408, 425, 429].includes(this.status);
  }

  static async from(response) {
    const body = await response.json().catch(() => null);
    const seconds = parseFloat(response.headers.get("Retry-After"));
    const fallback = response.status === 429 ? 10_000 : undefined;
    return new Failure(response.status, body?.message ?? "", seconds >= 0 ? seconds * 1000 : fallback);
  }
}

/** The HTTP contract. Opens a session when there is none and renews it, unseen, when the server no longer accepts it. */
class Api {
  onSession = () => {};
  #base;
  #store;
  #renewing = null;

  constructor(base, store) {
    this.#base = base;
    this.#store = store;
  }

  async send({ id, text, payload }) {
    return this.#json("messages", { method: "POST", body: payload ? { id, payload, text } : { id, text } });
  }

  /** Nobody waits for it, and nothing depends on it. */
  typing() {
    this.#within({}, (signal) => this.#call("typing", { method: "POST", signal })).catch(() => {});
  }

  async messages(after, signal) {
    return this.#json(`messages?after=${after}`, { signal });
  }

  async restart() {
    return this.#openSession(this.#store.get("session")?.token, { restart: true });
  }

  /** The picture as a blob. The token goes to our own server only, whatever address a message names. */
  async image(url) {
    const target = new URL(url, this.#base);
    if (target.origin !== this.#base.origin) throw new Failure(0);
    return this.#within({}, async (signal) => (await this.#call(target, { signal })).blob());
  }

  /** Reads server-sent events until the stream ends or falls silent. EventSource cannot carry the token, fetch can. */
  async events(after, outer, onBytes, onEvent) {
    const deadline = new Deadline(TIMING.request, outer);
    try {
      const response = await this.#call(`events?after=${after}`, { signal: deadline.signal });
      const reader = response.body.getReader();
      const parser = new EventParser(onEvent);
      for (;;) {
        deadline.extend(TIMING.silence);
        const { done, value } = await reader.read();
        if (done) return;
        onBytes();
        parser.push(value);
      }
    } finally {
      deadline.clear();
    }
  }

  async #json(path, options) {
    return this.#within(options, async (signal) => (await this.#call(path, { ...options, signal })).json());
  }

  /** One deadline over headers and body: on a weak network either may stall. */
  async #within({ signal }, work) {
    const deadline = new Deadline(TIMING.request, signal);
    try {
      return await work(deadline.signal);
    } catch (failure) {
      throw failure instanceof Failure ? failure : new Failure(0);
    } finally {
      deadline.clear();
    }
  }

  async #call(path, options) {
    const token = this.#store.get("session")?.token ?? (await this.#renew(null));
    try {
      return await this.#fetch(path, token, options);
    } catch (failure) {
      if (failure.status !== 401) throw failure;
      return this.#fetch(path, await this.#renew(token), options);
    }
  }

  async #fetch(path, token, { method = "GET", body, signal }) {
    const headers = {};
    if (token) headers["Authorization"] = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    const response = await fetch(new URL(path, this.#base), {
      method,
      headers,
      signal,
      body: body && JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
    });
    if (!response.ok) throw await Failure.from(response);
    return response;
  }

  /** A token better than `refused`; one request even when several callers need it at the same time. */
  async #renew(refused) {
    const current = this.#store.get("session")?.token;
    if (current && current !== refused) return current; // another call or another tab was faster
    this.#renewing ??= this.#openSession(current, {}).finally(() => (this.#renewing = null));
    return (await this.#renewing).token;
  }

  async #openSession(token, body) {
    const open = (bearer) =>
      this.#within({}, async (signal) => (await this.#fetch("session", bearer, { method: "POST", body, signal })).json());
    const session = await open(token).catch((failure) => {
      if (!token || failure.status !== 401) throw failure;
      return open(null); // the old conversation cannot be proven ours: a new one is better than none
    });
    this.#store.set("session", { token: session.token, conversation: session.conversation });
    this.onSession(session.conversation);
    return session;
  }
}

/** Splits a byte stream into server-sent events; chunks may end anywhere, even inside a character. */
class EventParser {
  #decoder = new TextDecoder();
  #onEvent;
  #rest = "";
  #event = { type: "message", data: [] };

  constructor(onEvent) {
    this.#onEvent = onEvent;
  }

  push(bytes) {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#rest = lines.pop();
    for (const line of lines) this.#line(line.replace(/\r$/, ""));
  }

  #line(line) {
    if (line === "") return this.#dispatch();
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
    if (field === "event") this.#event.type = value;
    if (field === "data") this.#event.data.push(value);
  }

  #dispatch() {
    const { type, data } = this.#event;
    this.#event = { type: "message", data: [] };
    if (data.length) this.#onEvent(type, JSON.parse(data.join("\n")));
  }
}

/* ------------------------------------------------------------------ server → customer */

/**
 * Reads the conversation for as long as it runs: what was missed by GET, then the stream, then again.
 * `cursor` is the last seq the server has shown us, so a gap can never go unseen. Reports to
 * `on.messages(list)`, `on.typing(bool)`, `on.state("online" | "offline")`; `on.listening()` says whether to go on.
 */
class Feed {
  cursor = 0;
  #api;
  #on;
  #run = null;
  #pollUntil = 0;

  constructor(api, on) {
    this.#api = api;
    this.#on = on;
  }

  start() {
    if (this.#run) return;
    this.#run = new AbortController();
    this.#loop(this.#run.signal);
  }

  stop() {
    this.#run?.abort();
    this.#run = null;
    this.#on.typing(false);
  }

  /** Ends a pause or a stream that may be dead, and looks at once. */
  refresh() {
    if (!this.#run) return;
    this.stop();
    this.start();
  }

  reset() {
    this.cursor = 0;
    this.refresh();
  }

  /** The server has `seq`. If the stream does not bring it soon, something in between holds the stream back. */
  expect(seq) {
    setTimeout(() => {
      if (!this.#run || this.cursor >= seq) return;
      this.#pollUntil = Date.now() + TIMING.streamAgain;
      this.refresh();
    }, TIMING.echo);
  }

  async #loop(signal) {
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.#catchUp(signal);
        failures = 0;
        if (!signal.aborted && !this.#on.listening()) return this.stop();
        await this.#follow(signal);
      } catch (failure) {
        if (signal.aborted) return;
        this.#on.state("offline");
        await pause(failure.retryAfter ?? backoff(failures++), signal);
      }
    }
  }

  async #catchUp(signal) {
    const messages = await this.#api.messages(this.cursor, signal);
    if (signal.aborted) return;
    this.#take(messages);
    this.#on.state("online");
  }

  async #follow(signal) {
    if (Date.now() < this.#pollUntil) return pause(TIMING.poll, signal);
    let heard = false;
    await this.#api
      .events(this.cursor, signal, () => (heard = true), (type, data) => signal.aborted || this.#event(type, data))
      .catch(() => {}); // whether the network is gone, the next catch-up will tell
    if (signal.aborted) return;
    this.#on.typing(false);
    if (!heard) this.#pollUntil = Date.now() + TIMING.streamAgain;
    await pause(backoff(0), signal); // not at once: after a restart of the server everybody would come together
  }

  #event(type, data) {
    if (type === "message") this.#take([data]);
    if (type === "typing") this.#on.typing(data.on === true);
  }

  #take(messages) {
    for (const { seq } of messages) this.cursor = Math.max(this.cursor, seq);
    if (messages.length) this.#on.messages(messages);
  }
}

/* ------------------------------------------------------------------ customer → server */

/**
 * The customer's messages that the server does not have yet: one after the other, each with the id it was born with, so
 * that sending twice is harmless. States: sending, waiting, refused, stale. Reports to `on.changed(entry)`,
 * `on.accepted(entry, seq)`.
 */
class Outbox {
  #api;
  #store;
  #on;
  #entries = [];
  #working = false;
  #blocked = false; // the first in line has to wait, and all behind it
  #awake = false;
  #nap = new AbortController();

  constructor(api, store, on) {
    this.#api = api;
    this.#store = store;
    this.#on = on;
  }

  get busy() {
    return this.#pending.length > 0;
  }

  /** Takes up what an earlier visit could not send. A forgotten "停电了" of last week is shown, not sent. */
  restore() {
    for (const saved of this.#saved()) {
      const stale = Date.now() - saved.at > TIMING.stale;
      this.#entries.push({ ...saved, state: stale ? "stale" : "waiting" });
    }
    this.redraw();
  }

  add(text, payload) {
    const entry = { id: uuid(), text, payload, at: Date.now(), state: this.#blocked ? "waiting" : "sending" };
    this.#entries.push(entry);
    this.#save([...this.#saved(), entry]);
    this.#on.changed(entry);
    this.#work();
  }

  /** Forgets a message: the server has it, or the customer takes it back. */
  drop(id) {
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    this.#save(this.#saved().filter((entry) => entry.id !== id));
  }

  /** Forgets everything; returns the ids. */
  clear() {
    this.#save([]);
    return this.#entries.splice(0).map(({ id }) => id);
  }

  /** Reports every message again, for a transcript that was emptied. */
  redraw() {
    this.#entries.forEach((entry) => this.#on.changed(entry));
  }

  resume() {
    this.#awake = true;
    this.flush();
  }

  rest() {
    this.#awake = false;
    this.#nap.abort();
  }

  /** Tries again now instead of after the pause, but never before the time a busy server asked for. */
  flush() {
    this.#nap.abort();
    this.#work();
  }

  get #pending() {
    return this.#entries.filter(({ state }) => state === "sending" || state === "waiting");
  }

  async #work() {
    if (this.#working) return;
    this.#working = true;
    let failures = 0;
    for (let entry; this.#awake && (entry = this.#pending[0]); ) {
      const delay = (entry.notBefore ?? 0) - Date.now();
      if (delay > 0) await this.#sleep(delay);
      else failures = (await this.#attempt(entry, failures)) ? 0 : failures + 1;
    }
    this.#working = false;
  }

  /** True: this message needs no further attempt. */
  async #attempt(entry, failures) {
    this.#mark(entry, { state: "sending", note: undefined });
    try {
      const { seq } = await this.#api.send(entry);
      if (this.#entries.includes(entry)) this.#on.accepted(entry, seq);
      this.drop(entry.id);
      return true;
    } catch (failure) {
      return failure.final ? this.#refuse(entry, failure) : this.#postpone(entry, failure, failures);
    }
  }

  #refuse(entry, failure) {
    this.#save(this.#saved().filter(({ id }) => id !== entry.id));
    this.#mark(entry, { state: "refused", note: failure.message });
    return true;
  }

  async #postpone(entry, failure, failures) {
    const asked = failure.status === 429;
    const delay = failure.retryAfter ?? backoff(failures);
    if (asked) entry.notBefore = Date.now() + delay;
    const note = asked && `${failure.message} ${STRINGS.waitSeconds(Math.ceil(delay / 1000))}`.trim();
    for (const each of this.#pending) this.#mark(each, { state: "waiting", note: (each === entry && note) || undefined });
    this.#blocked = true;
    await this.#sleep(delay);
    this.#blocked = false;
    return false;
  }

  async #sleep(ms) {
    this.#nap = new AbortController();
    await pause(ms, this.#nap.signal);
  }

  #mark(entry, change) {
    if (!this.#entries.includes(entry)) return; // taken back, or its echo came first
    Object.assign(entry, change);
    this.#on.changed(entry);
  }

  #saved() {
    return this.#store.get("outbox") ?? [];
  }

  #save(entries) {
    this.#store.set("outbox", entries.map(({ id, text, payload, at }) => ({ id, text, payload, at })));
  }
}

/** A random version 4 UUID; crypto.randomUUID exists on https pages only. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/* ------------------------------------------------------------------ drawing: small parts */

/** An element: properties by name, `data-`/`aria-`/`role` and the like as attributes, children as nodes or text. */
function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element && !name.includes("-")) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const ICONS = {
  bolt: "M13 2 4.5 13.5H11L9.5 22 19 10h-6.5z",
  chat: "M12 3C6.5 3 2 6.6 2 11c0 2.5 1.4 4.7 3.6 6.2L5 21l4.2-2.2c.9.2 1.8.3 2.8.3 5.5 0 10-3.6 10-8.1S17.5 3 12 3z",
  person: "M12 12a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zm0 2c-4.5 0-8 2.3-8 5.2V21h16v-1.8C20 16.3 16.5 14 12 14z",
  close: "m6.4 5 5.6 5.6L17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6l5.6-5.6L5 6.4z",
  down: "M12 16 4.6 8.6 6 7.2l6 6 6-6 1.4 1.4z",
  more: "M12 7.8a1.9 1.9 0 1 0 0-3.8 1.9 1.9 0 0 0 0 3.8zm0 6.1a1.9 1.9 0 1 0 0-3.8 1.9 1.9 0 0 0 0 3.8zm0 6.1a1.9 1.9 0 1 0 0-3.8 1.9 1.9 0 0 0 0 3.8z",
  send: "M3 20.5v-6.8l9-1.7-9-1.7V3.5L22 12z",
};

function icon(name) {
  const create = (tag) => document.createElementNS("http://www.w3.org/2000/svg", tag);
  const svg = create("svg");
  const path = create("path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

const button = (properties, ...children) => h("button", { type: "button", ...properties }, ...children);

// No look-behind: browsers that do not know it would refuse the whole file.
const LINKABLE = /https?:\/\/[\w\-.~:/?#[\]@!$&()*+,;=%]+|\d[\d-]*\d/gi;
const LONG_NUMBER = /^(1[3-9]\d{9}|0\d{2,3}-\d{7,8}|400-\d{3,4}-\d{3,4})$/;
const HOTLINE = /^(95598|12398|12345)$/;
const EMERGENCY = /^(110|119|120|122)$/;
const CALL_BEFORE = /(拨|打|电话|致电|热线|报警|急救|火警)[^。；;\n]{0,12}$/;
const UNIT_AFTER = /^\s*([元块度千伏万个分秒小天户米瓦年月日号%./:]|k?[wv])/i;

/** Text as nodes: web addresses and telephone numbers become links, everything else stays text. */
function linkify(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(LINKABLE)) {
    const link = linkFor(match[0], text.slice(0, match.index), text.slice(match.index + match[0].length));
    if (!link) continue;
    nodes.push(text.slice(end, match.index), link);
    end = match.index + link.textContent.length;
  }
  nodes.push(text.slice(end));
  return nodes.filter((node) => node !== "");
}

function linkFor(token, before, after) {
  if (/^http/i.test(token)) {
    const href = token.replace(/[.,;:!?)\]]+$/, "");
    return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, href);
  }
  return isPhone(token, before, after) ? h("a", { href: `tel:${token.replace(/-/g, "")}` }, token) : null;
}

/** "拨打 120" is a telephone number, "120 分钟" and "户号 1380013800" are not. */
function isPhone(token, before, after) {
  if (/[\w*.-]$/.test(before) || /^[\w*]/.test(after)) return false;
  if (LONG_NUMBER.test(token)) return true;
  if (UNIT_AFTER.test(after)) return false;
  return HOTLINE.test(token) || (EMERGENCY.test(token) && CALL_BEFORE.test(before));
}

const two = (number) => String(number).padStart(2, "0");
const clock = (date) => `${two(date.getHours())}:${two(date.getMinutes())}`;

/** 11月22日 周日, with the year when it is not this one. Never 今天: the page may stay open over midnight. */
function day(date) {
  return date.getFullYear() === new Date().getFullYear() ? STRINGS.day(date) : STRINGS.dayOfYear(date);
}

/* ------------------------------------------------------------------ drawing: one message */

/** `act`: press(title, payload), retry(), edit(item), watch(figure, load), image(url), enlarge(src, alt). */
function drawMessage(item, act) {
  const side = item.author === "system" || item.kind === "notice" ? "system" : item.author;
  const body = side === "system" ? drawNotice(item) : drawSpeech(item, act);
  return h("div", { className: `item ${side}` }, h("div", { className: "day", hidden: true }), ...body);
}

function drawNotice({ text, at }) {
  return [h("p", { className: "notice" }, ...linkify(text), " ", drawTime(at))];
}

function drawTime(at) {
  return h("time", { dateTime: at.toISOString() }, clock(at));
}

function drawSpeech(item, act) {
  const meta = h("div", { className: "meta" }, h("span", { className: "who" }, STRINGS.who[item.author]), drawTime(item.at));
  const parts = [drawText(item), drawCard(item), drawImage(item, act), drawReplies(item, act)];
  const stack = h("div", { className: "stack" }, meta, ...parts, h("div", { className: "note" }));
  const avatar = h("span", { className: "avatar" }, icon(item.author === "agent" ? "person" : "bolt"));
  return item.author === "customer" ? [stack] : [avatar, stack];
}

/** Cards and pictures bring their title once more as text, for channels that can show nothing else. */
function drawText({ text, data }) {
  const repeated = text === data?.title || text === data?.alt;
  return text && !repeated ? h("div", { className: "bubble" }, ...linkify(text)) : null;
}

function drawCard({ kind, data }) {
  if (kind !== "card" || !data) return null;
  const rows = (data.fields ?? []).map(({ label, value }) =>
    h("div", {}, h("dt", {}, label), h("dd", {}, ...linkify(String(value)))),
  );
  return h(
    "section",
    { className: "card", "aria-label": data.title },
    h("p", { className: "card-title" }, data.title),
    rows.length ? h("dl", {}, ...rows) : null,
    data.footer ? h("p", { className: "card-footer" }, ...linkify(data.footer)) : null,
  );
}

function drawReplies({ buttons }, act) {
  if (!buttons?.length) return null;
  const chips = buttons.map(({ title, payload }) => button({ className: "chip", onclick: () => act.press(title, payload) }, title));
  return h("div", { className: "replies" }, ...chips);
}

function drawImage({ kind, data }, act) {
  if (kind !== "image" || !data?.url) return null;
  const alt = data.alt || STRINGS.image;
  const figure = h("div", { className: "image" });
  act.watch(figure, () => fillImage(figure, data.url, alt, act));
  showImageState(figure, h("span", {}, alt));
  return figure;
}

async function fillImage(figure, url, alt, act) {
  showImageState(figure, h("span", {}, STRINGS.imageLoading));
  try {
    const image = h("img", { alt, src: await act.image(url) });
    await image.decode();
    figure.replaceChildren(button({ "aria-label": STRINGS.enlarge(alt), onclick: () => act.enlarge(image.src, alt) }, image));
    figure.classList.add("loaded");
  } catch {
    const again = button({ className: "link", onclick: () => fillImage(figure, url, alt, act) }, STRINGS.imageRetry);
    showImageState(figure, h("span", {}, alt), h("small", {}, STRINGS.imageFailed), again);
  }
}

function showImageState(figure, ...content) {
  figure.replaceChildren(h("div", { className: "image-state" }, ...content));
}

/** What the customer must know about an own message that is not at the server yet. */
function drawNote(item, act) {
  const edit = () => button({ className: "link", onclick: () => act.edit(item) }, STRINGS.edit);
  const retry = () => button({ className: "link", onclick: act.retry }, STRINGS.retry);
  switch (item.state) {
    case "sending":
      return [h("span", { className: "late" }, STRINGS.sending)];
    case "waiting":
      return item.note ? [item.note] : [STRINGS.waiting, retry()];
    case "refused":
      return [item.note || STRINGS.refused, item.payload ? null : edit()];
    case "stale":
      return [STRINGS.stale, edit()];
    default:
      return [];
  }
}

/* ------------------------------------------------------------------ the list of messages */

const GROUP_MS = 60_000;
const NEAR_END = 60;

/**
 * Messages in the order of their seq, those not yet at the server last. Knows each message once, by seq or, for the
 * customer's own, by the id under which it was sent.
 */
class Transcript {
  #log;
  #scroller;
  #act;
  #items = [];
  #pictures = [];
  #observer;
  #following = true;
  #extent = 0;

  constructor(log, scroller, act) {
    this.#log = log;
    this.#scroller = scroller;
    scroller.addEventListener("scroll", () => this.#scrolled());
    const resized = new ResizeObserver(() => this.#resized());
    [scroller, scroller.firstElementChild].forEach((element) => resized.observe(element));
    this.#observer = new IntersectionObserver((seen) => this.#load(seen), { root: scroller, rootMargin: "200px" });
    this.#act = { ...act, watch: (figure, load) => this.#watch(figure, load), image: (url) => this.#picture(act.image(url)) };
  }

  /** Newest time of a message, in milliseconds since 1970; 0 when there is none. */
  get lastActivity() {
    return this.#items.length ? this.#items[this.#items.length - 1].at.getTime() : 0;
  }

  /** Whether a person answers here: they, or the desk for them, had the last word. */
  get withPerson() {
    const { author } = [...this.#items].reverse().find((item) => item.author !== "customer") ?? {};
    return author === "agent" || author === "system";
  }

  unread(seen) {
    return this.#items.filter(({ seq, author }) => seq > seen && (author === "bot" || author === "agent")).length;
  }

  /** Adds a message, or brings the known one up to date. */
  put(message) {
    const known = this.#items.find(({ seq, id }) => (id && id === message.id) || seq === message.seq);
    if (known) this.#update(known, message);
    else this.#insert({ ...message, seq: message.seq ?? Infinity, at: new Date(message.at) });
    this.#refreshReplies();
  }

  remove(id) {
    const index = this.#items.findIndex((item) => item.id === id);
    if (index < 0) return;
    this.#items.splice(index, 1)[0].node.remove();
    this.#dress(index);
    this.#refreshReplies();
  }

  clear() {
    this.#observer.disconnect();
    this.#pictures.splice(0).forEach((source) => URL.revokeObjectURL(source));
    this.#items = [];
    this.#log.replaceChildren();
  }

  /** Follows the newest message from here on, until the customer scrolls up to read. */
  toEnd() {
    this.#following = true;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  get following() {
    return this.#following;
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    if (this.#extent !== scrollHeight - clientHeight) return; // the layout moved, not the customer
    this.#following = scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  /** Pictures, dots, larger letters and the phone's keyboard change heights long after a message was placed. */
  #resized() {
    this.#extent = this.#scroller.scrollHeight - this.#scroller.clientHeight;
    if (this.#following) this.toEnd();
  }

  #update(item, { seq, at, state, note }) {
    if (item.seq !== Infinity && seq === undefined) return; // an old state of a message that has arrived
    const moved = seq !== undefined && seq !== item.seq;
    Object.assign(item, { state, note, at: new Date(at) });
    item.node.querySelector("time").replaceWith(drawTime(item.at));
    this.#showNote(item);
    if (!moved) return;
    const from = this.#items.indexOf(item);
    this.#items.splice(from, 1);
    item.seq = seq;
    this.#place(item);
    this.#dress(from);
  }

  #insert(item) {
    item.node = drawMessage(item, this.#act);
    this.#showNote(item);
    this.#place(item);
  }

  #place(item) {
    let index = this.#items.length;
    while (index > 0 && this.#items[index - 1].seq > item.seq) index--;
    const next = this.#items[index]?.node ?? null;
    this.#items.splice(index, 0, item);
    const inPlace = item.node.parentNode && item.node.nextElementSibling === next;
    if (!inPlace) this.#log.insertBefore(item.node, next); // a moved node would be read out again
    this.#dress(index);
    this.#dress(index + 1);
  }

  /** The day above the first message of a day; no second name and time within a group. */
  #dress(index) {
    const item = this.#items[index];
    if (!item) return;
    const before = this.#items[index - 1];
    const label = item.node.querySelector(".day");
    label.textContent = day(item.at);
    label.hidden = before !== undefined && day(before.at) === label.textContent;
    const near = label.hidden && before.author === item.author && item.at - before.at < GROUP_MS;
    item.node.classList.toggle("follows", near);
  }

  #showNote(item) {
    const note = item.node.querySelector(".note");
    if (!note) return;
    item.node.classList.toggle("unsent", ["waiting", "refused", "stale"].includes(item.state));
    note.replaceChildren(...drawNote(item, this.#act).filter(Boolean));
  }

  /** A choice is open until the customer has said anything after it; then it shows which one was taken. */
  #refreshReplies() {
    let answer = null;
    for (const { node, author, text, buttons, state } of [...this.#items].reverse()) {
      if (author === "customer" && state !== "refused" && state !== "stale") answer = text;
      if (!buttons?.length) continue;
      for (const chip of node.querySelectorAll(".chip")) {
        chip.disabled = answer !== null;
        chip.classList.toggle("chosen", chip.textContent === answer);
      }
    }
  }

  #watch(figure, load) {
    figure.load = load;
    this.#observer.observe(figure);
  }

  /** Pictures are fetched when they come into view: no data spent on what nobody looks at. */
  #load(entries) {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      this.#observer.unobserve(target);
      target.load();
    }
  }

  async #picture(blob) {
    const source = URL.createObjectURL(await blob);
    this.#pictures.push(source);
    return source;
  }
}

/* ------------------------------------------------------------------ the panel */

/** Every fixed part of the widget, by name. */
function drawWidget() {
  const ui = {
    badge: h("span", { className: "badge", hidden: true, "aria-hidden": "true" }),
    news: h("span", { className: "sr", role: "status" }),
    state: h("span", { className: "state", role: "status" }),
    menuButton: button({ className: "tool", "aria-label": STRINGS.menu, "aria-expanded": "false" }, icon("more")),
    close: button({ className: "tool", "aria-label": STRINGS.close }, icon("down")),
    larger: button({ className: "menu-item" }),
    restart: button({ className: "menu-item" }, STRINGS.restart),
    banner: h("div", { className: "banner", role: "status" }),
    log: h("div", { className: "log", role: "log", "aria-live": "polite", "aria-label": STRINGS.log }),
    typing: h("div", { className: "typing", role: "img", "aria-label": STRINGS.typing, hidden: true }),
    newest: button({ className: "newest", hidden: true }, STRINGS.toNewest, icon("down")),
    input: h("textarea", { id: "input", rows: 1, placeholder: STRINGS.input, "aria-label": STRINGS.input }),
    counter: h("span", { id: "counter", className: "counter", hidden: true }),
    send: button({ className: "send", "aria-label": STRINGS.send, disabled: true }, icon("send")),
  };
  ui.input.setAttribute("enterkeyhint", "send");
  ui.input.setAttribute("aria-describedby", "counter");
  ui.typing.append(h("i"), h("i"), h("i"));
  ui.launcher = button(
    { className: "launcher", "aria-haspopup": "dialog", "aria-expanded": "false" },
    icon("chat"), h("span", {}, STRINGS.launcher), ui.badge,
  );
  ui.menu = h("div", { className: "menu", hidden: true }, ui.larger, ui.restart);
  const content = h("div", { className: "content" }, ui.log, ui.typing);
  ui.scroller = h("div", { className: "scroller", tabIndex: 0, role: "group", "aria-label": STRINGS.scroll }, content);
  ui.panel = drawPanel(ui);
  Object.assign(ui, drawConfirm(), drawViewer());
  return ui;
}

function drawPanel(ui) {
  const title = h("div", { className: "title" }, h("h2", { id: "title" }, STRINGS.title), ui.state);
  const mark = h("span", { className: "mark" }, icon("bolt"));
  const header = h("div", { className: "header" }, mark, title, ui.menuButton, ui.menu, ui.close);
  const field = h("div", { className: "field" }, ui.input, ui.counter);
  const composer = h("div", { className: "composer" }, field, ui.send);
  const middle = h("div", { className: "middle" }, ui.scroller, ui.newest);
  return h(
    "div",
    { className: "panel", role: "dialog", "aria-labelledby": "title", tabIndex: -1, hidden: true },
    header, ui.banner, middle, composer,
  );
}

function drawConfirm() {
  const confirmNo = button({ className: "plain", autofocus: true }, STRINGS.cancel);
  const confirmYes = button({ className: "strong" }, STRINGS.restart);
  const confirm = h(
    "dialog",
    { className: "confirm", role: "alertdialog", "aria-labelledby": "confirm-title", "aria-describedby": "confirm-text" },
    h("h2", { id: "confirm-title" }, STRINGS.restartTitle),
    h("p", { id: "confirm-text" }, STRINGS.restartText),
    h("div", { className: "choices" }, confirmNo, confirmYes),
  );
  return { confirm, confirmNo, confirmYes };
}

function drawViewer() {
  const viewerImage = h("img", { alt: "" });
  const viewerClose = button({ className: "tool", "aria-label": STRINGS.closeImage }, icon("close"));
  return { viewerImage, viewerClose, viewer: h("dialog", { className: "viewer", "aria-label": STRINGS.image }, viewerImage, viewerClose) };
}

/* ------------------------------------------------------------------ the element */

const PHONE = window.matchMedia("(max-width: 480px), (max-height: 480px)");
const TOUCH = window.matchMedia("(pointer: coarse)");

class DiandaChat extends HTMLElement {
  #ui = drawWidget();
  #store;
  #api;
  #feed;
  #outbox;
  #transcript;
  #life;
  #open = false;
  #conversation = null;
  #typingTimer;
  #typedAt = 0;
  #pageOverflow = null;

  constructor() {
    super();
    const base = new URL("./", import.meta.url);
    this.#store = new Store(base.host + base.pathname);
    this.#api = new Api(base, this.#store);
    this.#api.onSession = (conversation) => this.#adopt(conversation);
    this.#feed = new Feed(this.#api, {
      messages: (list) => this.#receive(list),
      typing: (on) => this.#showTyping(on),
      state: (state) => this.#showState(state),
      listening: () => this.#open || this.#outbox.busy || Date.now() - this.#transcript.lastActivity < TIMING.active,
    });
    this.#outbox = new Outbox(this.#api, this.#store, {
      changed: (entry) => this.#transcript.put({ ...entry, author: "customer", kind: "text" }),
      accepted: (entry, seq) => this.#accepted(entry, seq),
    });
    this.#transcript = new Transcript(this.#ui.log, this.#ui.scroller, {
      press: (title, payload) => this.#press(title, payload),
      retry: () => this.#outbox.flush(),
      edit: (item) => this.#edit(item),
      image: (url) => this.#api.image(url),
      enlarge: (src, alt) => this.#enlarge(src, alt),
    });
    this.#mount();
    this.#conversation = this.#store.get("session")?.conversation ?? null;
    this.#outbox.restore();
  }

  connectedCallback() {
    if (!this.lang) this.lang = "zh-CN";
    this.#life = new AbortController();
    this.#listenToPage(this.#life.signal);
    this.#sync();
  }

  disconnectedCallback() {
    this.#life.abort();
    this.#feed.stop();
    this.#outbox.rest();
    this.#lockPage(false);
  }

  /** Opens the panel; `draft` is put into the input for the customer to send or change. */
  open(draft = "") {
    this.#open = true;
    this.#ui.panel.hidden = false;
    this.#ui.launcher.hidden = true;
    this.#ui.launcher.setAttribute("aria-expanded", "true");
    this.#fitScreen();
    if (draft) this.#draft(draft);
    this.#transcript.toEnd();
    this.#focusHome(draft !== "");
    this.#markSeen();
    this.#sync();
  }

  close() {
    this.#open = false;
    this.#showMenu(false);
    this.#ui.panel.hidden = true;
    this.#ui.launcher.hidden = false;
    this.#ui.launcher.setAttribute("aria-expanded", "false");
    this.#fitScreen();
    this.#ui.launcher.focus();
  }

  /* ---- building */

  #mount() {
    const root = this.attachShadow({ mode: "open" });
    const { news, launcher, panel, confirm, viewer } = this.#ui;
    adoptStyle(root);
    root.append(news, launcher, panel, confirm, viewer);
    this.#showState("connecting");
    this.#showLarge();
    this.#showUnread();
    this.#wire();
  }

  #wire() {
    const ui = this.#ui;
    ui.launcher.onclick = () => this.open();
    ui.close.onclick = () => this.close();
    ui.panel.onkeydown = (event) => this.#panelKey(event);
    ui.menuButton.onclick = () => this.#showMenu(ui.menu.hidden);
    ui.menu.addEventListener("focusout", (event) => this.#leaveMenu(event));
    ui.larger.onclick = () => this.#toggleLarge();
    ui.restart.onclick = () => (this.#showMenu(false), ui.confirm.showModal());
    ui.confirmNo.onclick = () => ui.confirm.close();
    ui.confirmYes.onclick = () => (ui.confirm.close(), this.#restart());
    ui.confirm.onclose = () => this.#focusHome();
    ui.viewer.onclick = () => ui.viewer.close();
    ui.scroller.onscroll = () => (ui.newest.hidden ||= this.#transcript.following);
    ui.newest.onclick = () => (this.#transcript.toEnd(), this.#focusHome());
    ui.input.onkeydown = (event) => this.#inputKey(event);
    ui.input.oninput = () => this.#inputChanged();
    ui.send.onclick = () => this.#submit();
    ui.send.onmousedown = (event) => event.preventDefault(); // keeps the focus, and a phone's keyboard, where it is
  }

  #listenToPage(signal) {
    const listen = (target, type, handler) => target?.addEventListener(type, handler, { signal });
    listen(document, "visibilitychange", () => this.#sync());
    listen(document, "click", (event) => this.#pageClicked(event));
    listen(window, "online", () => this.#networkChanged());
    listen(window, "offline", () => this.#networkChanged());
    listen(window, "storage", (event) => this.#otherTab(event));
    listen(window.visualViewport, "resize", () => this.#fitScreen());
    listen(window.visualViewport, "scroll", () => this.#fitScreen());
    listen(PHONE, "change", () => this.#fitScreen());
  }

  /* ---- when to talk to the server */

  /** The one rule: never while the page is hidden, and not before the customer has opened the chat once. */
  #sync() {
    const awake = !document.hidden && (this.#open || this.#store.get("session") !== null);
    if (awake) {
      this.#feed.start();
      this.#outbox.resume();
      this.#markSeen();
    } else {
      this.#feed.stop();
      this.#outbox.rest();
    }
  }

  #networkChanged() {
    if (!navigator.onLine) this.#showState("offline");
    this.#feed.refresh();
    if (navigator.onLine) this.#outbox.flush();
  }

  /** Another tab of this browser may have started a new conversation. */
  #otherTab({ key }) {
    if (key === this.#store.key("session")) this.#adopt(this.#store.get("session")?.conversation ?? null);
  }

  #adopt(conversation) {
    const changed = this.#conversation !== null && this.#conversation !== conversation;
    this.#conversation = conversation;
    if (!changed) return;
    this.#transcript.clear();
    this.#outbox.redraw();
    this.#store.set("seen", 0);
    this.#feed.reset();
  }

  async #restart() {
    try {
      await this.#api.restart();
      this.#outbox.clear().forEach((id) => this.#transcript.remove(id));
    } catch {
      this.#showBanner(STRINGS.restartFailed);
    }
  }

  /* ---- messages in */

  #receive(list) {
    if (list.length > 3) this.#hush();
    list.forEach((message) => this.#take(message));
    if (list.some(({ author }) => author !== "customer")) this.#showTyping(false);
    this.#ui.newest.hidden = this.#transcript.following;
    this.#markSeen();
  }

  #take(message) {
    try {
      if (message.id) this.#outbox.drop(message.id);
      this.#transcript.put(message);
    } catch (error) {
      console.error("dianda-chat: unreadable message", error); // one bad message must not take away the others
    }
  }

  /** A history is not news: a screen reader must not read all of it out. */
  #hush() {
    this.#ui.log.setAttribute("aria-live", "off");
    setTimeout(() => this.#ui.log.setAttribute("aria-live", "polite"), 1000);
  }

  #markSeen() {
    if (this.#open && !document.hidden) this.#store.set("seen", this.#feed.cursor);
    this.#showUnread();
  }

  #showUnread() {
    const unread = this.#transcript.unread(this.#store.get("seen") ?? 0);
    const { badge, launcher, news } = this.#ui;
    badge.hidden = unread === 0;
    badge.textContent = unread > 99 ? "99+" : unread;
    launcher.setAttribute("aria-label", STRINGS.openChat(unread));
    news.textContent = unread ? STRINGS.arrived(unread) : "";
  }

  #showTyping(on) {
    clearTimeout(this.#typingTimer);
    if (on) this.#typingTimer = setTimeout(() => this.#showTyping(false), TIMING.typing);
    this.#ui.typing.hidden = !on;
  }

  #showState(state) {
    const { panel, state: label } = this.#ui;
    panel.dataset.state = state;
    if (label.textContent !== STRINGS.state[state]) label.textContent = STRINGS.state[state];
    this.#showBanner(state !== "offline" ? "" : navigator.onLine ? STRINGS.noServer : STRINGS.noNetwork);
  }

  #showBanner(text) {
    const { banner } = this.#ui;
    if (banner.textContent !== text) banner.replaceChildren(...linkify(text)); // unchanged words are not read out again
  }

  /* ---- messages out */

  #submit() {
    const text = this.#ui.input.value.trim();
    if (!text || count(text) > MAX_CHARACTERS) return;
    this.#draft("");
    this.#typedAt = 0;
    this.#say(text);
    if (!TOUCH.matches) this.#ui.input.focus();
  }

  #press(title, payload) {
    this.#say(title, payload);
    this.#focusHome(); // the pressed button is disabled now and would lose the focus to the page
  }

  #say(text, payload) {
    this.#outbox.add(text, payload);
    this.#transcript.toEnd();
  }

  #accepted(entry, seq) {
    this.#transcript.put({ ...entry, state: undefined, note: undefined, author: "customer", kind: "text", seq });
    this.#feed.expect(seq);
  }

  #edit({ id, text }) {
    this.#outbox.drop(id);
    this.#transcript.remove(id);
    this.#draft(text);
    this.#ui.input.focus();
  }

  #draft(text) {
    this.#ui.input.value = text;
    this.#inputChanged();
  }

  #inputKey(event) {
    // While an input method composes, Enter chooses characters. Safari reports that as key code 229 only.
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    this.#submit();
  }

  #inputChanged() {
    const { input, counter, send } = this.#ui;
    const length = count(input.value.trim());
    const over = length > MAX_CHARACTERS;
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight}px`;
    input.setAttribute("aria-invalid", String(over));
    counter.hidden = length < COUNT_FROM;
    counter.textContent = counter.hidden ? "" : `${length}/${MAX_CHARACTERS}`;
    counter.classList.toggle("over", over);
    send.disabled = length === 0 || over;
    if (length && this.#transcript.withPerson && Date.now() - this.#typedAt > TIMING.typed) {
      this.#typedAt = Date.now();
      this.#api.typing();
    }
  }

  /* ---- keyboard, menu, screen */

  #panelKey(event) {
    if (event.key === "Tab" && PHONE.matches) return this.#keepFocus(event);
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    if (this.#ui.menu.hidden) return this.close();
    this.#showMenu(false);
    this.#ui.menuButton.focus();
  }

  /** On a phone the panel covers the page: Tab goes round inside it. */
  #keepFocus(event) {
    const stops = [...this.#ui.panel.querySelectorAll("button, a[href], textarea, [tabindex='0']")].filter(
      (element) => !element.disabled && element.getClientRects().length,
    );
    const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
    if (this.shadowRoot.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
  }

  /** On a touch screen focusing the input would bring up a keyboard over half the conversation. */
  #focusHome(write = false) {
    if (!this.#open) return;
    (TOUCH.matches && !write ? this.#ui.panel : this.#ui.input).focus({ preventScroll: true });
  }

  #showMenu(show) {
    this.#ui.menu.hidden = !show;
    this.#ui.menuButton.setAttribute("aria-expanded", String(show));
  }

  #leaveMenu({ relatedTarget }) {
    const inside = this.#ui.menu.contains(relatedTarget) || relatedTarget === this.#ui.menuButton;
    if (relatedTarget && !inside) this.#showMenu(false);
  }

  #pageClicked(event) {
    const path = event.composedPath();
    if (!path.includes(this.#ui.menu) && !path.includes(this.#ui.menuButton)) this.#showMenu(false);
    const asking = event.target.closest?.("[data-dianda-ask]");
    if (asking) this.open(asking.dataset.diandaAsk);
  }

  #toggleLarge() {
    this.#store.set("large", !this.#store.get("large"));
    this.#showLarge();
    this.#showMenu(false);
    this.#focusHome();
  }

  #showLarge() {
    const large = this.#store.get("large") === true;
    this.#ui.panel.classList.toggle("large", large);
    this.#ui.larger.textContent = large ? STRINGS.normal : STRINGS.larger;
  }

  #enlarge(src, alt) {
    const { viewer, viewerImage } = this.#ui;
    Object.assign(viewerImage, { src, alt });
    viewer.showModal();
  }

  /** Fits the panel into what the on-screen keyboard leaves free, and keeps the page behind a full screen still. */
  #fitScreen() {
    const view = window.visualViewport;
    const { panel } = this.#ui;
    if (view && view.scale < 1.05) {
      // not while the customer zooms in: the panel would shrink as fast as the letters grow
      panel.style.setProperty("--height", `${view.height}px`);
      panel.style.setProperty("--top", `${view.offsetTop}px`);
    }
    panel.setAttribute("aria-modal", String(PHONE.matches));
    this.#lockPage(this.#open && PHONE.matches);
  }

  #lockPage(lock) {
    const { style } = document.documentElement;
    if (lock === (this.#pageOverflow !== null)) return;
    const before = this.#pageOverflow;
    this.#pageOverflow = lock ? style.overflow : null;
    style.overflow = lock ? "hidden" : before;
  }
}

const count = (text) => (text.length < COUNT_FROM ? text.length : [...text].length);

/* ------------------------------------------------------------------ looks */

const STYLE = `
:host {
  all: initial !important; /* a rule of the page for * matches the host too */
  --accent: #0b5cad; --accent-deep: #08407c; --sea: #0a7480; --on-accent: #fff; --spark: #ffcf5c;
  --surface: #fff; --ground: #f1f5f9; --ink: #16212e; --soft: #55636f; --line: #d5dde6; --bubble: #fff;
  --tint: #e6f0fb; --alert: #b3261e; --alert-ground: #fdeceb; --warn: #6b4a00; --warn-ground: #fff3d6;
  --focus: #0b5cad; --shadow: 0 12px 40px rgb(10 40 80 / .22), 0 2px 8px rgb(10 40 80 / .12);
  color-scheme: light !important;
}
@media (prefers-color-scheme: dark) {
  :host {
    --accent: #1f6dc0; --accent-deep: #0c3a6e; --sea: #0a5560; --surface: #19222c; --ground: #10171e; --ink: #e7edf3;
    --soft: #a3b1be; --line: #33414f; --bubble: #222d39; --tint: #1c3350; --alert: #ffb4ab; --alert-ground: #442022;
    --warn: #ffdf9e; --warn-ground: #3a2f14; --focus: #8ec2ff; --shadow: 0 12px 40px rgb(0 0 0 / .6);
    color-scheme: dark !important;
  }
}
:host([hidden]), [hidden] { display: none !important; }
@media print { :host { display: none !important; } }
*, *::before, *::after { box-sizing: border-box; margin: 0; }
button, textarea { font: inherit; color: inherit; letter-spacing: inherit; }
button { border: 0; padding: 0; background: none; cursor: pointer; touch-action: manipulation; }
button:disabled { cursor: default; }
svg { width: 1.4em; height: 1.4em; fill: currentColor; display: block; flex: none; }
a { color: inherit; text-decoration: underline; text-underline-offset: 2px; }
h2 { font-size: 1em; }
:focus { outline: none; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.launcher, .panel, dialog {
  font: 15px/1.55 system-ui, -apple-system, "PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei", "WenQuanYi Micro Hei", sans-serif;
  color: var(--ink);
  position: fixed; z-index: 2147483000;
}
.launcher {
  right: calc(20px + env(safe-area-inset-right)); bottom: calc(20px + env(safe-area-inset-bottom));
  display: flex; align-items: center; gap: 8px; height: 52px; padding: 0 20px 0 17px; border-radius: 26px;
  background: linear-gradient(120deg, var(--accent), var(--sea)); color: var(--on-accent); font-weight: 600; box-shadow: var(--shadow);
}
.launcher:hover { filter: brightness(1.07); }
.launcher:focus-visible, .header :focus-visible { outline-color: #fff; outline-offset: -4px; }
.badge {
  position: absolute; top: -6px; right: -4px; min-width: 22px; height: 22px; padding: 0 6px; border-radius: 11px;
  background: #c62828; color: #fff; border: 2px solid var(--surface); font-size: 12px; line-height: 18px; text-align: center;
}

.panel {
  right: calc(20px + env(safe-area-inset-right)); bottom: calc(20px + env(safe-area-inset-bottom));
  width: 392px; height: min(660px, 100vh - 40px); display: flex; flex-direction: column; overflow: hidden;
  background: var(--ground); border: 1px solid var(--line); border-radius: 18px; box-shadow: var(--shadow); animation: rise .16s ease-out;
}
.panel.large { font-size: 19px; }
@keyframes rise { from { transform: translateY(12px); opacity: 0; } }

.header {
  position: relative; z-index: 2; display: flex; align-items: center; gap: 10px; padding: 12px 8px 12px 14px;
  background: linear-gradient(120deg, var(--accent-deep), var(--sea)); color: #fff;
}
.mark { display: grid; place-items: center; width: 38px; height: 38px; border-radius: 12px; background: rgb(255 255 255 / .14); color: var(--spark); }
.title { flex: 1; min-width: 0; line-height: 1.35; }
.title h2 { font-size: 1.07em; font-weight: 600; }
.state { font-size: .82em; display: inline-flex; align-items: center; gap: 6px; }
.state::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: #ffd480; }
[data-state=online] .state::before { background: #6ee7a0; }
[data-state=offline] .state::before { background: none; border: 2px solid #fff; }
.tool { display: grid; place-items: center; width: 42px; height: 42px; border-radius: 12px; }
.tool:hover { background: rgb(255 255 255 / .16); }
.menu {
  position: absolute; right: 12px; top: calc(100% - 4px); min-width: 11em; padding: 6px; border-radius: 12px;
  background: var(--surface); color: var(--ink); border: 1px solid var(--line); box-shadow: var(--shadow);
}
.menu-item { display: block; width: 100%; padding: 9px 12px; border-radius: 8px; text-align: start; }
.menu-item:hover { background: var(--tint); }
.menu .menu-item:focus-visible { outline-color: var(--focus); outline-offset: -2px; }
.banner { background: var(--warn-ground); color: var(--warn); font-size: .87em; }
.banner:not(:empty) { padding: 8px 14px; }

.middle { position: relative; flex: 1; min-height: 0; }
.scroller { height: 100%; overflow-y: auto; overscroll-behavior: contain; padding: 6px 12px 14px; }
.scroller:focus-visible { outline-offset: -3px; }
.newest {
  position: absolute; bottom: 10px; left: 50%; transform: translateX(-50%); display: flex; align-items: center; gap: 4px;
  padding: 6px 10px 6px 14px; border-radius: 18px; background: var(--accent); color: var(--on-accent); font-size: .87em; box-shadow: var(--shadow);
}
.newest svg { width: 1.2em; height: 1.2em; }

.item { display: flex; flex-wrap: wrap; gap: 0 8px; padding-top: 14px; }
.item.follows { padding-top: 5px; }
.day { flex: 0 0 100%; padding: 2px 0 12px; text-align: center; font-size: .8em; color: var(--soft); }
.notice { flex: 1; padding: 0 24px; text-align: center; font-size: .84em; color: var(--soft); white-space: pre-line; overflow-wrap: anywhere; }
.avatar {
  flex: none; display: grid; place-items: center; width: 32px; height: 32px; border-radius: 10px;
  background: linear-gradient(135deg, var(--accent), var(--sea)); color: var(--spark); font-size: 13px;
}
.agent .avatar { background: #8a4b12; color: #fff; }
.follows .avatar { visibility: hidden; height: 0; }
.stack { display: flex; flex-direction: column; align-items: flex-start; gap: 6px; min-width: 0; max-width: calc(100% - 72px); }
.meta { display: flex; gap: 8px; margin-bottom: -2px; font-size: .78em; line-height: 1.3; color: var(--soft); }
.follows .meta { display: none; }
.bubble {
  padding: 8px 13px; border: 1px solid var(--line); border-radius: 4px 16px 16px 16px; background: var(--bubble);
  white-space: pre-wrap; overflow-wrap: anywhere;
}
.follows .bubble { border-radius: 16px; }
.customer { justify-content: flex-end; }
.customer .stack { align-items: flex-end; max-width: calc(100% - 48px); }
.customer .who { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.customer .bubble { background: var(--accent); border-color: transparent; color: var(--on-accent); border-radius: 16px 4px 16px 16px; }
.customer.follows .bubble { border-radius: 16px; }
.customer.unsent .bubble { background: var(--tint); color: var(--ink); border: 1px dashed var(--soft); }
.note { display: flex; align-items: center; flex-wrap: wrap; justify-content: flex-end; gap: 2px 10px; font-size: .82em; color: var(--soft); }
.note:empty { display: none; }
.unsent .note { color: var(--alert); }
.late { animation: late 0s .9s both; }
@keyframes late { from { visibility: hidden; } to { visibility: visible; } }
.link { color: inherit; text-decoration: underline; text-underline-offset: 2px; min-height: 24px; }

.replies { display: flex; flex-wrap: wrap; gap: 8px; padding-top: 2px; }
.chip {
  min-height: 38px; padding: 6px 15px; border: 1px solid var(--accent); border-radius: 19px; background: var(--surface);
  color: var(--accent); font-weight: 500; text-align: start; overflow-wrap: anywhere;
}
.chip:hover:enabled { background: var(--tint); }
.chip:disabled { border-color: var(--line); background: none; color: var(--soft); font-weight: 400; }
.chip.chosen:disabled { background: var(--tint); color: var(--ink); }
@media (prefers-color-scheme: dark) { .chip { color: #9bcaff; border-color: #5b93cf; } }

.card { min-width: min(250px, 100%); max-width: 100%; overflow: hidden; border: 1px solid var(--line); border-radius: 14px; background: var(--bubble); }
.card-title { padding: 9px 14px; background: var(--tint); font-weight: 600; overflow-wrap: anywhere; }
dl { padding: 6px 14px; }
dl > div { display: flex; gap: 12px; padding: 4px 0; }
dt { flex: 0 0 auto; max-width: 45%; color: var(--soft); }
dd { flex: 1; min-width: 0; text-align: end; overflow-wrap: anywhere; white-space: pre-line; font-variant-numeric: tabular-nums; }
.card-footer { margin: 0 14px; padding: 8px 0 10px; border-top: 1px solid var(--line); font-size: .84em; color: var(--soft); white-space: pre-line; }

.image { width: min(260px, 100%); overflow: hidden; border: 1px solid var(--line); border-radius: 14px; background: var(--bubble); }
.image button:not(.link) { display: block; width: 100%; cursor: zoom-in; }
.image button:focus-visible { outline-offset: -3px; }
.image img { display: block; width: 100%; max-height: 340px; object-fit: contain; background: #fff; }
.image-state { display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 2px; min-height: 130px; padding: 14px; color: var(--soft); text-align: center; }
.image-state .link { color: var(--ink); }

.typing { display: flex; gap: 5px; width: fit-content; margin: 12px 0 0 40px; padding: 13px 15px; border: 1px solid var(--line); border-radius: 4px 16px 16px 16px; background: var(--bubble); }
.typing i { width: 7px; height: 7px; border-radius: 50%; background: var(--soft); animation: breathe 1.2s infinite ease-in-out; }
.typing i:nth-child(2) { animation-delay: .2s; }
.typing i:nth-child(3) { animation-delay: .4s; }
@keyframes breathe { 0%, 70%, 100% { opacity: .3; } 35% { opacity: 1; } }

.composer { display: flex; align-items: flex-end; gap: 8px; padding: 10px 12px; background: var(--surface); border-top: 1px solid var(--line); }
.field { position: relative; flex: 1; min-width: 0; display: flex; flex-direction: column; border: 1px solid #788895; border-radius: 21px; background: var(--surface); }
.field:focus-within { border-color: var(--focus); box-shadow: 0 0 0 1px var(--focus); }
textarea { display: block; width: 100%; min-height: 40px; max-height: 7.5em; padding: 8px 15px; border: 0; resize: none; background: none; line-height: 1.5; }
textarea:focus-visible { outline: none; }
textarea::placeholder { color: var(--soft); opacity: 1; }
.counter { align-self: flex-end; padding: 0 14px 6px; font-size: .78em; color: var(--soft); }
.counter.over { color: var(--alert); font-weight: 600; }
.send { display: grid; place-items: center; width: 42px; height: 42px; flex: none; border-radius: 50%; background: var(--accent); color: var(--on-accent); }
.send:disabled { background: var(--ground); color: var(--soft); }

dialog { padding: 0; border: 1px solid var(--line); color: var(--ink); background: var(--surface); }
dialog::backdrop { background: rgb(5 15 30 / .5); }
.confirm { inset: 0; margin: auto; width: min(340px, 100vw - 40px); padding: 20px; border-radius: 16px; box-shadow: var(--shadow); }
.confirm h2 { font-size: 1.1em; }
.confirm p { padding: 8px 0 18px; color: var(--soft); }
.choices { display: flex; gap: 10px; justify-content: flex-end; flex-wrap: wrap; }
.choices button { min-height: 40px; padding: 0 18px; border-radius: 20px; }
.plain { border: 1px solid #788895; }
.strong { background: var(--accent); color: var(--on-accent); font-weight: 600; }
.viewer { width: 100vw; height: 100vh; max-width: none; max-height: none; border: 0; background: rgb(0 0 0 / .86); }
.viewer[open] { display: grid; place-items: center; }
.viewer img { max-width: 96vw; max-height: 90vh; object-fit: contain; background: #fff; border-radius: 6px; cursor: zoom-out; }
.viewer .tool { position: absolute; top: calc(12px + env(safe-area-inset-top)); right: calc(12px + env(safe-area-inset-right)); background: rgb(0 0 0 / .6); color: #fff; }
.viewer .tool:focus-visible { outline-color: #fff; }

@media (max-width: 480px), (max-height: 480px) {
  .panel {
    inset: var(--top, 0) 0 auto; width: auto; height: var(--height, 100vh); border: 0; border-radius: 0;
    font-size: 16px; /* smaller letters in the input make iOS zoom in */
  }
  .header { padding: calc(10px + env(safe-area-inset-top)) calc(8px + env(safe-area-inset-right)) 10px calc(14px + env(safe-area-inset-left)); }
  .scroller { padding-left: calc(12px + env(safe-area-inset-left)); padding-right: calc(12px + env(safe-area-inset-right)); }
  .composer { padding: 10px calc(12px + env(safe-area-inset-right)) calc(10px + env(safe-area-inset-bottom)) calc(12px + env(safe-area-inset-left)); }
  .chip { min-height: 42px; border-radius: 21px; }
}
@media (prefers-reduced-motion: reduce) { .panel, .typing i { animation: none; } }
`;

/** A constructed sheet needs no 'unsafe-inline' in the page's content security policy; Safari before 16.4 has none. */
function adoptStyle(root) {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(h("style", {}, STYLE));
  }
}

/* ------------------------------------------------------------------ start */

if (!customElements.get("dianda-chat")) customElements.define("dianda-chat", DiandaChat);

const addItself = () => document.querySelector("dianda-chat") ?? document.body.append(document.createElement("dianda-chat"));
if (new URL(import.meta.url).searchParams.has("auto")) {
  if (document.body) addItself();
  else document.addEventListener("DOMContentLoaded", addItself);
}
