/**
 * Runs in the browser once Swagger UI has rendered. It keeps the key of the Authorize dialog in the tab's session storage, so that it
 * outlives a reload and ends with the tab; **Logout** in that dialog removes it. A browser that allows no storage keeps nothing.
 */
const REMEMBER_KEY = `function () {
  var name = 'dakkio-api-key';
  var read = function () { try { return sessionStorage.getItem(name); } catch (refused) { return null; } };
  var write = function (key) {
    try { if (key) sessionStorage.setItem(name, key); else sessionStorage.removeItem(name); } catch (refused) {}
  };
  var kept = read();
  if (kept) window.ui.preauthorizeApiKey('apiKey', kept);
  window.ui.getStore().subscribe(function () {
    var authorized = window.ui.authSelectors.authorized();
    var key = authorized && authorized.getIn(['apiKey', 'value']);
    if ((key || null) !== kept) write(kept = key || null);
  });
}`;

/** What Swagger UI calls when it has rendered: its text is what the page is sent. */
export const onPageReady = Object.assign(() => undefined, { toString: () => REMEMBER_KEY });
