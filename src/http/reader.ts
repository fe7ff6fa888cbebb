// Who looks at a page: how the organization that it is of looks, and in which language it is read. The console is not part of it.
import type { Context, MiddlewareHandler } from 'hono'
import { findLook, type Look, languageOfPerson } from '#access/ground/look.ts'
import type { Services } from '#src/context.ts'
import { acceptedLanguage, knownLanguage, type Language } from '#words/texts/languages.ts'
import { say } from '#words/texts/say.ts'
import { readCookie, setCookie } from './cookies.ts'
import type { AppEnv } from './env.ts'
import type { Reader, Words } from './ui/reader.tsx'

/** Where people work, in English and with Rolecall's own look. */
const workplaces = /^\/(console|platform|setup)(\/|$)/

/** Pages that are not translated. */
const inEnglish = /^\/(emergency|first|account\/(data|reviews|tasks|teams))(\/|$)/

const languageCookie = 'rolecall_language'

/** Long enough for a sign-in with all of its steps. */
const keptSeconds = 3_600

/** Sets `findReader`, by which `renderPage` asks once a page is drawn, since a handler may say first whose page it is. */
export function readers({ database }: Services): MiddlewareHandler<AppEnv> {
  return (c, next) => {
    if (!workplaces.test(c.req.path))
      c.set('findReader', async () => {
        const { session, shownFor, isWithoutDatabase } = c.var
        const looker = { organizationId: shownFor ?? session?.organizationId, userId: session?.userId }
        // A page that says that the database is not there must not wait for it again.
        const look = isWithoutDatabase === true ? undefined : await findLook(database, looker).catch(notFoundOut(c))
        return { look, language: languageOf(c, look) }
      })
    return next()
  }
}

const notFoundOut =
  (c: Context<AppEnv>) =>
  (error: unknown): undefined => {
    const fields = { error, requestId: c.get('requestId') }
    c.get('log').warn(fields, 'A page was drawn without the look of its organization')
  }

/** What the application asked for, then the person, the browser, the organization, and English. */
function languageOf(c: Context<AppEnv>, look: Look | undefined): Language {
  if (inEnglish.test(c.req.path)) return 'en'
  return (
    knownLanguage(readCookie(c, languageCookie)) ??
    languageOfPerson(look) ??
    acceptedLanguage(c.req.header('accept-language')) ??
    knownLanguage(look?.language) ??
    'en'
  )
}

/** Keeps for this sign-in what an application has asked for (`ui_locales`, OpenID Connect Core 3.1.2.1), or forgets the last one's. */
export function keepLanguage<E extends AppEnv>(c: Context<E>, language: Language | undefined): void {
  if (language !== undefined) setCookie(c, languageCookie, language, { maxAgeSeconds: keptSeconds })
  else if (readCookie(c, languageCookie) !== undefined) setCookie(c, languageCookie, '', { maxAgeSeconds: 0 })
}

/** Rolecall's own look, in English, where pages do not go by who reads them. */
export const readerOf = async <E extends AppEnv>(c: Context<E>): Promise<Reader> =>
  (await c.var.findReader?.()) ?? { look: undefined, language: 'en' }

/** For texts that a handler has to have before there is a page. */
export async function wordsFor<E extends AppEnv>(c: Context<E>): Promise<Words> {
  const { language } = await readerOf(c)
  return (key, values) => say(language, key, values)
}
