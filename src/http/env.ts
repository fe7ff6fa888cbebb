// What every request carries through the delivery rooms.
import type { BrowserSession } from '#access/sign-in/sessions/resolve-session.ts'
import type { Log } from '#platform/log.ts'
import type { Reader } from './ui/reader.tsx'

export type AppEnv = {
  Variables: {
    requestId: string
    log: Log
    /** Headers of every answer. */
    frame: Record<string, string>
    /** Set by who made the answer with them already. */
    isFramed: boolean
    /** 128 random bits for the scripts of one page. */
    newNonce: () => string
    /** The page's own, from the first use on. */
    nonce: string | undefined
    /** The browser's live session, where `readSession` has looked for it. */
    session: BrowserSession | undefined
    /** The organization whose console the session is in as its support. */
    supportedOrganizationId: string | undefined
    /** Whose page it is, where a handler has said so; else that of the session. */
    shownFor: string | undefined
    /** Who looks, where the pages of this part of Rolecall go by that. */
    findReader: (() => Promise<Reader>) | undefined
    isWithoutDatabase: boolean | undefined
  }
}
