// Who looks at a page: how the organization that it is of looks, and in which language it is read. The console is not part of it.
import type { MiddlewareHandler } from 'hono'
import { findLook, type Look } from '#access/ground/look.ts'
import type { Services } from '#src/context.ts'
import type { AppEnv } from './env.ts'
import { type Reader, readerOf } from './ui/reader.tsx'

/** Where people work, in English and with Rolecall's own look. */
const workplaces = /^\/(console|platform|setup)(\/|$)/

/** Sets `findReader`, by which `renderPage` asks once a page is drawn, since a handler may say first whose page it is. */
export function readers({ database }: Services): MiddlewareHandler<AppEnv> {
  return (c, next) => {
    if (workplaces.test(c.req.path)) return next()
    c.set('findReader', async (): Promise<Reader> => {
      const { session, shownFor } = c.var
      const [organizationId, userId] = [shownFor ?? session?.organizationId, session?.userId]
      return readerOf(await lookOf({ organizationId, userId }))
    })
    return next()

    /** A page that says that the database is not there must not wait for it again. */
    async function lookOf(looker: Parameters<typeof findLook>[1]): Promise<Look | undefined> {
      if (c.var.isWithoutDatabase === true) return undefined
      return findLook(database, looker).catch((error: unknown) => {
        c.get('log').warn(
          { error, requestId: c.get('requestId') },
          'A page was drawn without the look of its organization',
        )
        return undefined
      })
    }
  }
}
