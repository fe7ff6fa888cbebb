// Who waits for new events in this process, and is told as soon as there are some. Nothing depends on being told: whoever waits looks
// again by and by.

export type News = {
  /** Something new is there, in these organizations. */
  announce(organizationIds: readonly string[]): void
  /** Resolves when something new is there, in this organization or, without one, in any; after so long in any case. */
  next(organizationId: string | undefined, millis: number): Promise<void>
}

const anywhere = '*'

export function createNews(): News {
  const waiting = new Map<string, Set<() => void>>()
  const wake = (key: string): void => {
    for (const resolve of waiting.get(key) ?? []) resolve()
  }
  return {
    announce: (organizationIds) => {
      for (const id of organizationIds) wake(id)
      if (organizationIds.length > 0) wake(anywhere)
    },
    next: (organizationId = anywhere, millis) =>
      new Promise((resolve) => {
        const own = waiting.get(organizationId) ?? new Set()
        const end = (): void => {
          clearTimeout(timer)
          own.delete(end)
          if (own.size === 0) waiting.delete(organizationId)
          resolve()
        }
        const timer = setTimeout(end, millis)
        waiting.set(organizationId, own.add(end))
      }),
  }
}
