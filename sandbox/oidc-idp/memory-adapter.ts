// The store of one emulated OpenID provider, in memory. Outlives a change of keys.
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider'

type Entry = { payload: AdapterPayload; expiresAt: number }

/** Makes an empty store. Entries are forgotten when they have expired. */
export function createMemoryAdapter(): AdapterFactory {
  const models = new Map<string, Map<string, Entry>>()
  return (name) => {
    const entries = models.get(name) ?? new Map<string, Entry>()
    models.set(name, entries)
    return adapterOf(entries, models)
  }
}

function adapterOf(entries: Map<string, Entry>, models: ReadonlyMap<string, Map<string, Entry>>): Adapter {
  const live = (id: string, entry: Entry | undefined): AdapterPayload | undefined => {
    if (entry === undefined || entry.expiresAt > Date.now()) return entry?.payload
    entries.delete(id)
    return undefined
  }
  const findWhere = async (matches: (payload: AdapterPayload) => boolean): Promise<AdapterPayload | undefined> => {
    const found = [...entries].find(([id, entry]) => live(id, entry) !== undefined && matches(entry.payload))
    return found?.[1].payload
  }
  return {
    async upsert(id, payload, expiresIn) {
      entries.set(id, { payload, expiresAt: expiresIn === undefined ? Number.POSITIVE_INFINITY : inSeconds(expiresIn) })
    },
    find: async (id) => live(id, entries.get(id)),
    findByUid: (uid) => findWhere((payload) => payload.uid === uid),
    findByUserCode: (userCode) => findWhere((payload) => payload.userCode === userCode),
    async consume(id) {
      const payload = live(id, entries.get(id))
      if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000)
    },
    async destroy(id) {
      entries.delete(id)
    },
    async revokeByGrantId(grantId) {
      for (const model of models.values())
        for (const [id, { payload }] of model) if (payload.grantId === grantId) model.delete(id)
    },
  }
}

const inSeconds = (seconds: number): number => Date.now() + seconds * 1000
