// What proves to the host that this page is the one it opened. It came in the part of the address that
// a browser sends to nobody; it is taken out of sight at once and kept for this tab alone, so that a
// reload works. It opens no device: that takes the PIN.
const KEY = "doorstep-token";

export function takeToken(): void {
  const given = new URLSearchParams(location.hash.replace(/^#\/?/, "")).get("token");
  if (given === null) return;
  sessionStorage.setItem(KEY, given);
  history.replaceState(null, "", "#/");
}

export function token(): string {
  return sessionStorage.getItem(KEY) ?? "";
}
