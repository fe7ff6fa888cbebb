// Cookies: read, set and taken away; a long value goes in several.

export type CookieRules = { isSecure: boolean; path: string; maxAge?: number }

/** What browsers keep of one cookie at the least is 4,096 bytes, with its name and attributes. */
const longest = 3_500

/** The header that a server reads has 16 KB, and is not ours alone. */
const mostParts = 3

export function readCookies(request: Request): Map<string, string> {
  const pairs = (request.headers.get('cookie') ?? '').split(';').flatMap((pair) => {
    const [name = '', ...value] = pair.trim().split('=')
    return name === '' ? [] : [[name, value.join('=')] as const]
  })
  return new Map(pairs)
}

export const writeCookie = (name: string, value: string, { isSecure, path, maxAge }: CookieRules): string =>
  [
    `${name}=${value}`,
    `Path=${path}`,
    'HttpOnly',
    'SameSite=Lax',
    ...(isSecure ? ['Secure'] : []),
    ...(maxAge === undefined ? [] : [`Max-Age=${maxAge}`]),
  ].join('; ')

/** The value of a cookie that may be in parts: `3~…`, and the rest in `name.1`, `name.2`. */
export function readParts(cookies: ReadonlyMap<string, string>, name: string): string | undefined {
  const [, count, first] = /^([1-9])~(.*)$/.exec(cookies.get(name) ?? '') ?? []
  if (count === undefined || first === undefined) return undefined
  const rest = Array.from({ length: Number(count) - 1 }, (_, index) => cookies.get(`${name}.${index + 1}`) ?? '')
  return [first, ...rest].join('')
}

/** @returns Set-Cookie for each part; undefined where it is too long for cookies */
export function writeParts(name: string, value: string, rules: CookieRules): string[] | undefined {
  const parts = value.match(new RegExp(`.{1,${longest}}`, 'g')) ?? ['']
  if (parts.length > mostParts) return undefined
  return parts.map((part, index) =>
    writeCookie(index === 0 ? name : `${name}.${index}`, index === 0 ? `${parts.length}~${part}` : part, rules),
  )
}

/** @returns Set-Cookie that takes away whatever the browser has of it */
export const clearParts = (cookies: ReadonlyMap<string, string>, name: string, rules: CookieRules): string[] =>
  [...cookies.keys()]
    .filter((key) => key === name || key.startsWith(`${name}.`))
    .map((key) => writeCookie(key, '', { ...rules, maxAge: 0 }))
