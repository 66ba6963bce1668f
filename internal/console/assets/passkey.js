// Passkeys: a form with data-passkey is filled with what the browser makes of
// one, and sent. Without this script such a button stays hidden.
(() => {
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
  const those = (ids) => (ids || []).map((id) => ({ type: "public-key", id: bytes(id) }));

  const sign = async (ask) => {
    const made = await navigator.credentials.get({ publicKey: {
      challenge: bytes(ask.challenge), rpId: ask.domain, allowCredentials: those(ask.credentials), userVerification: "required",
    } });
    return { id: text(made.rawId), client_data: text(made.response.clientDataJSON), auth_data: text(made.response.authenticatorData), signature: text(made.response.signature) };
  };

  const make = async (ask) => {
    const made = await navigator.credentials.create({ publicKey: {
      challenge: bytes(ask.challenge), rp: { id: ask.domain, name: "Privy Seal" },
      user: { id: bytes(ask.user), name: ask.name, displayName: ask.name },
      pubKeyCredParams: ask.algorithms.map((alg) => ({ type: "public-key", alg })),
      excludeCredentials: those(ask.credentials),
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
    } });
    return { client_data: text(made.response.clientDataJSON), attestation: text(made.response.attestationObject) };
  };

  // What a form needs is in it, or fetched as it is used.
  const asked = async (form) => {
    if (form.dataset.ask) return JSON.parse(form.dataset.ask);
    const got = await fetch(form.dataset.from, { method: "POST" });
    if (!got.ok) throw new Error(got.statusText);
    return got.json();
  };

  const ready = (form) => {
    form.hidden = false;
    form.addEventListener("submit", async (e) => {
      e.preventDefault();
      const button = form.querySelector("button");
      const failed = form.querySelector("[role=alert]");
      button.disabled = true;
      failed.hidden = true;
      try {
        form.elements[form.dataset.into || "passkey"].value = JSON.stringify(await (form.dataset.passkey === "make" ? make : sign)(await asked(form)));
        form.submit();
      } catch {
        failed.hidden = false;
        button.disabled = false;
      }
    });
  };

  const usable = window.PublicKeyCredential && navigator.credentials;
  document.querySelectorAll("form[data-passkey]").forEach((form) => { if (usable) ready(form); });
  document.querySelectorAll("[data-no-passkey]").forEach((e) => { e.hidden = Boolean(usable); });

  document.querySelectorAll("button[data-copy]").forEach((b) => {
    b.hidden = !navigator.clipboard;
    b.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(b.dataset.copy).textContent);
      b.textContent = b.dataset.copied;
    });
  });
})();
