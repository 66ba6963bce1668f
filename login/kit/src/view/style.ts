// Constructed style sheets stand under a strict Content-Security-Policy.
const text = `
:host { display: inline-block; font: 16px/1.5 system-ui, sans-serif; --accent: #6b3fd4; --ink: #1c1b22; --quiet: #5d5b66; --paper: #fff; --edge: #d4d2dc; --soft: #f4f2f9; --on: #fff; }
:host([hidden]) { display: none; }
@media (prefers-color-scheme: dark) { :host { --accent: #b79bff; --ink: #f2f0f7; --quiet: #b3b0bf; --paper: #1f1d26; --edge: #474452; --soft: #2b2834; --on: #1b1526; } }
* { box-sizing: border-box; }
button, a, input { font: inherit; }
.main { display: inline-flex; align-items: center; gap: 12px; min-height: 44px; max-width: 100%; padding: 4px 18px 4px 12px; border: 1px solid var(--edge); border-radius: 22px; background: var(--paper); color: var(--ink); font-weight: 500; cursor: pointer; }
.main:hover, .way:hover, .other:hover, .x:hover { background: var(--soft); }
.main span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.face { flex: none; width: 28px; height: 28px; border-radius: 50%; background: var(--accent); color: var(--on); display: grid; place-items: center; font-weight: 600; overflow: hidden; }
.face img { width: 100%; height: 100%; object-fit: cover; }
.face svg { width: 18px; height: 18px; }
dialog { border: 1px solid var(--edge); border-radius: 16px; padding: 24px; width: min(400px, calc(100vw - 32px)); max-height: calc(100vh - 32px); overflow: auto; background: var(--paper); color: var(--ink); box-shadow: 0 12px 40px #0003; text-align: center; }
dialog.notice { position: fixed; inset: auto 16px 16px auto; margin: 0; z-index: 2147483000; width: min(360px, calc(100vw - 32px)); padding: 16px; }
dialog.notice h2 { font-size: 1rem; margin: 4px 32px; }
dialog.notice .face { display: none; }
dialog::backdrop { background: #0007; }
.x { position: absolute; top: 10px; right: 10px; width: 36px; height: 36px; border: 0; border-radius: 50%; background: none; color: var(--quiet); font-size: 20px; line-height: 1; cursor: pointer; }
dialog .face { margin: 0 auto 12px; width: 44px; height: 44px; font-size: 20px; }
dialog .face svg { width: 26px; height: 26px; }
h2 { text-wrap: balance; font-size: 1.25rem; line-height: 1.3; font-weight: 600; margin: 0 24px 8px; overflow-wrap: anywhere; }
p { margin: 8px 0; color: var(--quiet); overflow-wrap: anywhere; }
p:empty { display: none; }
.next, .other { display: block; width: 100%; min-height: 44px; padding: 9px 16px; border-radius: 22px; border: 1px solid transparent; cursor: pointer; text-decoration: none; text-align: center; }
.next { margin-top: 16px; background: var(--accent); color: var(--on); font-weight: 600; }
.next:hover { filter: brightness(1.08); }
.other { margin-top: 8px; background: none; color: var(--accent); }
.ways { display: grid; gap: 8px; margin-top: 16px; text-align: left; }
.way { display: flex; gap: 12px; align-items: center; width: 100%; min-height: 56px; padding: 8px 14px; border: 1px solid var(--edge); border-radius: 12px; background: none; color: var(--ink); text-align: left; cursor: pointer; }
.way b { display: block; font-weight: 600; }
.way small { color: var(--quiet); }
dialog .way .face { margin: 0; width: 32px; height: 32px; font-size: 16px; }
.qr { display: block; width: 232px; max-width: 100%; margin: 16px auto 8px; padding: 12px; background: #fff; border: 1px solid var(--edge); border-radius: 12px; }
.digits { font-weight: 700; letter-spacing: .15em; color: var(--ink); }
label { display: block; text-align: left; margin-top: 16px; font-weight: 500; }
input { display: block; width: 100%; min-height: 44px; margin-top: 4px; padding: 8px 12px; border: 1px solid var(--quiet); border-radius: 8px; background: var(--paper); color: var(--ink); }
.plain { border: 0; background: none; color: var(--accent); cursor: pointer; min-height: 32px; padding: 4px 12px; }
summary { color: var(--quiet); font-size: .875rem; cursor: pointer; }
.spin { width: 28px; height: 28px; margin: 12px auto 4px; border: 3px solid var(--edge); border-top-color: var(--accent); border-radius: 50%; animation: turn 1s linear infinite; }
.notice .spin { display: none; }
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-reduced-motion: reduce) { .spin { animation: none; } }
@media (max-width: 480px) { dialog:not(.notice) { margin: auto auto 0; width: 100%; max-width: 100%; border-radius: 20px 20px 0 0; border-width: 1px 0 0; padding-bottom: max(24px, env(safe-area-inset-bottom)); } dialog.notice { inset: auto 8px 8px; width: auto; } }
`;

let sheet: CSSStyleSheet | undefined;

export function style(root: ShadowRoot): void {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
  }
  root.adoptedStyleSheets = [sheet];
}
