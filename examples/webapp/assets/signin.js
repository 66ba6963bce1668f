// The kit signs in and out (<nostr-login>, from /nostr-login.js); the server
// makes the page anew for who is there.
import { me } from "./signer.js";

document.addEventListener("nostr-login", ({ detail }) => {
  if (me() !== detail.pubkey) location.reload();
});

document.addEventListener("nostr-logout", () => {
  sessionStorage.clear();
  location.assign("/");
});
