// Where sessions are kept, if a sealed cookie is not to be all: an interface for the product's database, and a store of one process.

/**
 * Sessions by an id that is a hash of what the browser has; the text is sealed. Each function is one statement in a database.
 */
export type SessionStore = {
  create(id: string, text: string, about: { sid: string; expiresAt: Date }): Promise<void>
  read(id: string): Promise<string | undefined>
  /** Only where it is still there: a session that ended meanwhile stays ended. @returns whether it was */
  replace(id: string, text: string): Promise<boolean>
  remove(id: string): Promise<void>
  /** All of this session of Rolecall's: it has ended. */
  removeBySid(sid: string): Promise<void>
  /** One at a time for this id, across processes. Without it, one at a time in this process. */
  lock?<Result>(id: string, work: () => Promise<Result>): Promise<Result>
}

/** The sessions that Rolecall has ended, for applications that keep theirs in cookies. They are forgotten at `until`. */
export type EndedSessions = {
  add(sid: string, until: Date): Promise<void>
  has(sid: string): Promise<boolean>
}

/** In the memory of one process: for development, tests, and products that are one process. */
export function memoryStore(): SessionStore {
  const kept = new Map<string, { text: string; sid: string; expiresAt: Date }>()
  const drop = (isMeant: (one: { sid: string; expiresAt: Date }) => boolean): void => {
    for (const [id, one] of kept) if (isMeant(one)) kept.delete(id)
  }
  return {
    create: async (id, text, about) => {
      drop(({ expiresAt }) => expiresAt.getTime() < Date.now())
      kept.set(id, { text, ...about })
    },
    read: async (id) => kept.get(id)?.text,
    replace: async (id, text) => {
      const before = kept.get(id)
      if (before !== undefined) kept.set(id, { ...before, text })
      return before !== undefined
    },
    remove: async (id) => {
      kept.delete(id)
    },
    removeBySid: async (sid) => drop((one) => one.sid === sid),
  }
}

/** In the memory of one process. */
export function memoryOfEnded(): EndedSessions {
  const ended = new Map<string, Date>()
  return {
    add: async (sid, until) => {
      for (const [known, date] of ended) if (date.getTime() < Date.now()) ended.delete(known)
      ended.set(sid, until)
    },
    has: async (sid) => ended.has(sid),
  }
}
