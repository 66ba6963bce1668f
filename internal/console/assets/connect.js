// What the pages for connecting apps do beside forms: read a code with the
// camera, copy a link, count its time down, take web+nostrconnect: links.
(() => {
  const by = (id) => document.getElementById(id);

  const scan = by("scan"), camera = by("camera");
  if (scan && navigator.mediaDevices && window.jsQR) {
    const video = camera.querySelector("video"), says = camera.querySelector("p");
    const hold = says.textContent;
    let stream, timer;
    const stop = () => {
      clearTimeout(timer);
      stream?.getTracks().forEach((t) => t.stop());
      stream = undefined;
      camera.hidden = true;
      scan.disabled = false;
    };
    const canvas = document.createElement("canvas"), paper = canvas.getContext("2d", { willReadFrequently: true });
    const look = () => {
      if (!stream) return;
      const scale = Math.min(1, 1000 / (video.videoWidth || 1));
      canvas.width = video.videoWidth * scale;
      canvas.height = video.videoHeight * scale;
      if (canvas.width && canvas.height) {
        paper.drawImage(video, 0, 0, canvas.width, canvas.height);
        const seen = window.jsQR(paper.getImageData(0, 0, canvas.width, canvas.height).data, canvas.width, canvas.height);
        if (seen && /^(web\+)?nostrconnect:/.test(seen.data)) {
          says.textContent = says.dataset.found;
          const form = by("paste");
          form.elements.uri.value = seen.data;
          stop();
          form.requestSubmit();
          return;
        }
      }
      timer = setTimeout(look, 150);
    };
    scan.hidden = false;
    by("scan-stop").addEventListener("click", stop);
    scan.addEventListener("click", async () => {
      scan.disabled = true;
      camera.hidden = false;
      says.textContent = hold;
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
        video.srcObject = stream;
        await video.play();
        look();
      } catch {
        stop();
        camera.hidden = false;
        says.textContent = says.dataset.none;
      }
    });
  }

  const handler = by("handler");
  if (handler && navigator.registerProtocolHandler) {
    handler.hidden = false;
    const button = handler.querySelector("button");
    button.addEventListener("click", () => {
      navigator.registerProtocolHandler("web+nostrconnect", location.origin + "/connect?uri=%s");
      button.textContent = button.dataset.done;
    });
  }

  const copy = by("copy");
  if (copy && navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(by("link").value);
      copy.textContent = copy.dataset.done;
    });
  }

  const left = by("left");
  if (left) {
    const ends = Date.parse(left.dataset.ends);
    const tick = () => {
      const s = Math.ceil((ends - Date.now()) / 1000);
      if (by("state")?.matches(".good")) { left.hidden = true; return; }
      left.textContent = s > 0 ? left.dataset.left.replace("{n}", `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`) : left.dataset.over;
      if (s > 0) setTimeout(tick, 1000);
      else by("state")?.remove();
    };
    tick();
  }
})();
