// As much of a browser as sign-in needs: cookies, redirects one at a time, and forms without script.

export type Browser = {
  /** Fetches one address. Redirects are answers, not followed. */
  request(url: string, init?: RequestInit): Promise<Response>
  /** Sends a form. */
  submit(url: string, fields: Record<string, string>): Promise<Response>
  /** Follows redirects as long as they stay on the origin of `response`, and answers with the end of the way. */
  follow(url: string, first: Response): Promise<Visit>
  /** The cookies of an origin, by name. */
  cookies(url: string): Record<string, string>
}

/** Where the way ended: at a page, or at a redirect that leaves the origin. */
export type Visit = { url: string; response: Response; leavesTo: string | undefined }

export type Form = { action: string; fields: Record<string, string> }

type Jar = Map<string, Map<string, { value: string; path: string }>>

const mostRedirects = 20

/**
 * Cookies are kept by host and path; nothing else of them is regarded.
 * @param held as it comes, by origin, in the form of a Cookie header with one; without any unless told otherwise
 */
export function createBrowser(held: Record<string, string> = {}): Browser {
  const jar: Jar = new Map()
  for (const [origin, cookie] of Object.entries(held)) store(jar, new URL(origin), [cookie])
  const request = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers)
    const cookie = cookieHeader(jar, new URL(url))
    if (cookie !== '') headers.set('cookie', cookie)
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    store(jar, new URL(url), response.headers.getSetCookie())
    return response
  }
  return {
    request,
    submit: (url, fields) => request(url, { method: 'POST', body: new URLSearchParams(fields) }),
    async follow(url, first) {
      let visit = visitOf(url, first)
      for (let hops = 0; hops < mostRedirects; hops++) {
        const next = redirectOf(visit)
        if (next === undefined || visit.leavesTo !== undefined) return visit
        await visit.response.body?.cancel()
        visit = visitOf(next, await request(next))
      }
      throw new Error(`More than ${mostRedirects} redirects from ${new URL(url).origin}`)
    },
    cookies: (url) => Object.fromEntries(fitting(jar, new URL(url))),
  }
}

const redirectOf = ({ url, response }: Omit<Visit, 'leavesTo'>): string | undefined => {
  const location = response.headers.get('location')
  return location === null ? undefined : new URL(location, url).href
}

function visitOf(url: string, response: Response): Visit {
  const next = redirectOf({ url, response })
  const isLeaving = next !== undefined && new URL(next).origin !== new URL(url).origin
  return { url, response, leavesTo: isLeaving ? next : undefined }
}

const fitting = (jar: Jar, url: URL): [string, string][] =>
  [...(jar.get(url.host) ?? [])]
    .filter(([, { path }]) => url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`))
    .map(([name, { value }]) => [name, value])

const cookieHeader = (jar: Jar, url: URL): string =>
  fitting(jar, url)
    .map((pair) => pair.join('='))
    .join('; ')

function store(jar: Jar, url: URL, lines: string[]): void {
  const cookies = jar.get(url.host) ?? new Map<string, { value: string; path: string }>()
  jar.set(url.host, cookies)
  for (const line of lines) {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
    const name = pair.slice(0, pair.indexOf('='))
    const attributeOf = (wanted: string) =>
      attributes.find((attribute) => attribute.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1)
    const expires = attributeOf('expires')
    const isGone = attributeOf('max-age') === '0' || (expires !== undefined && Date.parse(expires) <= Date.now())
    if (isGone) cookies.delete(name)
    else cookies.set(name, { value: pair.slice(pair.indexOf('=') + 1), path: attributeOf('path') ?? '/' })
  }
}

/** Reads the first form of a page. @throws Error if there is none. */
export function readForm(html: string, pageUrl: string): Form {
  const form = /<form\b[^>]*>/i.exec(html)?.[0]
  if (form === undefined) throw new Error(`No form on the page at ${new URL(pageUrl).pathname}`)
  const inputs = [...html.matchAll(/<input\b[^>]*>/gi)].map(([tag]) => [
    attribute(tag, 'name'),
    attribute(tag, 'value'),
  ])
  const fields = inputs.flatMap(([name, value]) => (name === undefined ? [] : [[name, value ?? ''] as const]))
  return { action: new URL(attribute(form, 'action') ?? '', pageUrl).href, fields: Object.fromEntries(fields) }
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`, 'i').exec(tag)?.[1]
  return value
    ?.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
}
