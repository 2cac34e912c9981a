// What belongs to the whole window: the title's counter, the sound of new work, the banner while the line is cut.
window.dianda = {
  count: 0,
  sound() {
    try {
      const audio = this.audio || (this.audio = new AudioContext()), tone = audio.createOscillator(), volume = audio.createGain();
      tone.frequency.value = 740; volume.gain.value = 0.08;
      tone.connect(volume).connect(audio.destination);
      tone.start(); tone.stop(audio.currentTime + 0.18);
    } catch { /* no sound without a first click */ }
  },
  work(count, text) {
    document.title = (count ? `(${count}) ` : "") + "电答坐席";
    if (count > this.count && text) {
      this.sound();
      if (document.hidden && window.Notification && Notification.permission === "granted") new Notification("电答", { body: text });
    }
    this.count = count;
  },
  ask() { if (window.Notification && Notification.permission === "default") Notification.requestPermission(); },
};
addEventListener("DOMContentLoaded", () => {
  const banner = document.createElement("div");
  banner.className = "dd-cut"; banner.setAttribute("role", "alert"); banner.hidden = true;
  banner.textContent = "连接已断开，正在重新连接……没发出的内容已保存";
  document.body.append(banner);
  const watch = setInterval(() => {
    if (!window.socket) return;
    clearInterval(watch);
    window.socket.on("disconnect", () => { banner.hidden = false; });
    window.socket.on("connect", () => { banner.hidden = true; });
  }, 300);
  addEventListener("click", () => window.dianda.ask(), { once: true });
});
