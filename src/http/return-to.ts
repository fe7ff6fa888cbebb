// Where a person goes on after signing in. Whoever made the link may have been somebody else, so it is a page of ours from
// a short list or nothing (OAuth 2.0 Security BCP §4.11).

const fallback = '/account'
const maxLength = 2_000

/** Pages that a sign-in may lead to: the path itself, and what is below it. */
const allowed = ['/account', '/console', '/device', '/login', '/oauth2', '/platform'] as const

/** Encoded separators, controls and dots in a path mean one thing to us and another to a proxy. */
const trickyPath = /%(?:[01][0-9a-f]|7f|2e|2f|5c)/i

/** What a whole address begins with, without a name or password before the host. */
const wholeAddress = /^(https?:\/\/[^/?#\\@\s]+)(?=\/)/i

/**
 * The same for what providers and portals hold, which is often the whole address: `https://id.example.com/console` is the page
 * `/console` of ours, and so is `HTTPS://ID.example.com:443/console`.
 */
export function safeTarget(text: string | undefined, origin: string): string {
  const [start = ''] = wholeAddress.exec(text ?? '') ?? []
  const isOurs = URL.canParse(start) && new URL(start).origin === origin
  return safeReturnTo(isOurs ? text?.slice(start.length) : text, origin)
}

/** The text where it is the path of such a page, as a browser would write it; `/account` for everything else. */
export function safeReturnTo(text: string | undefined, origin: string): string {
  if (text === undefined || text.length > maxLength || !/^\/(?![/\\])[\x21-\x7e]*$/.test(text)) return fallback
  if (text.includes('\\') || !URL.canParse(text, origin)) return fallback
  const url = new URL(text, origin)
  if (url.origin !== origin || `${url.pathname}${url.search}${url.hash}` !== text) return fallback
  if (trickyPath.test(url.pathname) || url.pathname.includes('//')) return fallback
  return allowed.some((path) => url.pathname === path || url.pathname.startsWith(`${path}/`)) ? text : fallback
}
