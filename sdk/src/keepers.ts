// The two ways to keep a session: whole in a sealed cookie, or in a store with a cookie that names it.
import { type CookieRules, clearParts, readCookies, readParts, writeCookie, writeParts } from './cookies.ts'
import { RolecallError } from './errors.ts'
import { hashOf, randomText } from './random.ts'
import type { Seal } from './seal.ts'
import type { EndedSessions, SessionStore } from './stores.ts'

/** What is kept of a session; `refreshAt` is in seconds. */
export type Kept = { idToken: string; accessToken: string; refreshToken?: string; refreshAt: number; sid: string }

/** A session as it was found, and what it is called until it is refreshed. */
export type Found = { kept: Kept; key: string }

export type Keeper = {
  /** A refreshed session has to reach the browser. */
  isInCookies: boolean
  find(request: Request): Promise<Found | undefined>
  /** @returns Set-Cookie */
  begin(request: Request, kept: Kept): Promise<string[]>
  /** @returns Set-Cookie; undefined where it has ended meanwhile */
  replace(request: Request, found: Found, kept: Kept): Promise<string[] | undefined>
  /** @returns Set-Cookie */
  drop(request: Request): Promise<string[]>
  /** Rolecall has ended it. */
  end(sid: string): Promise<void>
  /** One at a time for one session, with what is kept by then. */
  alone<Result>(found: Found, work: (kept: Kept | undefined) => Promise<Result>): Promise<Result>
}

export type CookieNamed = CookieRules & { name: string; seal: Seal }

/** As long as Rolecall lets a session live without a sign-in. */
export const longestSeconds = 14 * 86_400

/** By then Rolecall has refused to refresh it. */
const endedMillis = 3_600_000

export function cookieKeeper({ name, seal, ...rules }: CookieNamed, ended: EndedSessions): Keeper {
  const set = async (request: Request, kept: Kept): Promise<string[]> => {
    const sealed = await seal.close('session', kept, longestSeconds)
    const parts = writeParts(name, sealed, rules)
    if (parts === undefined)
      throw new RolecallError('misconfigured', 'The session is too long for cookies: give a store')
    const written = new Set(parts.map((part) => part.split('=')[0]))
    return [
      ...clearParts(readCookies(request), name, rules).filter((part) => !written.has(part.split('=')[0])),
      ...parts,
    ]
  }
  return {
    isInCookies: true,
    find: async (request) => {
      const sealed = readParts(readCookies(request), name)
      const kept = sealed === undefined ? undefined : await seal.open<Kept>('session', sealed)
      if (kept === undefined || (await ended.has(kept.sid))) return undefined
      return { kept, key: kept.refreshToken ?? kept.sid }
    },
    begin: set,
    replace: async (request, _, kept) => ((await ended.has(kept.sid)) ? undefined : set(request, kept)),
    drop: async (request) => clearParts(readCookies(request), name, rules),
    end: (sid) => ended.add(sid, new Date(Date.now() + endedMillis)),
    alone: (found, work) => work(found.kept),
  }
}

export function storeKeeper({ name, seal, ...rules }: CookieNamed, store: SessionStore): Keeper {
  const open = async (key: string): Promise<Kept | undefined> => {
    const text = await store.read(key)
    return text === undefined ? undefined : seal.open<Kept>('stored session', text)
  }
  const keyOf = async (request: Request): Promise<string | undefined> => {
    const id = readCookies(request).get(name)
    return id === undefined || id === '' ? undefined : hashOf(id)
  }
  const close = (kept: Kept): Promise<string> => seal.close('stored session', kept, longestSeconds)
  const drop = async (request: Request): Promise<string[]> => {
    const key = await keyOf(request)
    if (key !== undefined) await store.remove(key)
    return clearParts(readCookies(request), name, rules)
  }
  return {
    isInCookies: false,
    find: async (request) => {
      const key = await keyOf(request)
      const kept = key === undefined ? undefined : await open(key)
      return key === undefined || kept === undefined ? undefined : { key, kept }
    },
    begin: async (request, kept) => {
      await drop(request)
      const id = randomText()
      const expiresAt = new Date(Date.now() + longestSeconds * 1000)
      await store.create(await hashOf(id), await close(kept), { sid: kept.sid, expiresAt })
      return [writeCookie(name, id, rules)]
    },
    replace: async (_, { key }, kept) => ((await store.replace(key, await close(kept))) ? [] : undefined),
    drop,
    end: (sid) => store.removeBySid(sid),
    alone: async ({ key }, work) => {
      const locked = async () => work(await open(key))
      return store.lock === undefined ? locked() : store.lock(key, locked)
    },
  }
}
