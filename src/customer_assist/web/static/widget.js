// The one line on somebody else's page: <script src="https://…/widget.js"></script>. See docs/widget.md.
{
  const { currentScript } = document; // which an <img name="currentScript"> in a customer's review would be, too
  const script =
    currentScript instanceof HTMLScriptElement ? currentScript : document.querySelector('script[src*="/widget.js"]');
  import(new URL("static/launcher.js", script.src).href)
    .then(({ launch }) => launch({ ...script.dataset }))
    .catch((failure) => console.warn(`customer-assist: no chat on this page (${failure.message})`));
}
