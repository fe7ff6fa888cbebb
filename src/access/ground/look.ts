// How an organization looks to its people: what it says of itself, and what the platform says where it says nothing. Shown to whoever
// opens a page of its, so nothing of it is a secret.
import { sql } from 'drizzle-orm'
import type { Database } from '#db/database.ts'
import { prepared } from '#db/statement.ts'
import { platformId, type Transaction } from '#src/context.ts'
import { acceptedLanguage, knownLanguage, type Language } from '#words/texts/languages.ts'

export type Look = {
  /** Of the organization that the page is of; null where it is of none. */
  ownName: string | null
  platformName: string | null
  /** As `#0d6661`; null: Rolecall's. */
  accentLight: string | null
  accentDark: string | null
  backgroundLight: string | null
  backgroundDark: string | null
  /** An e-mail address, an address of a page or a telephone number. */
  supportContact: string | null
  privacyUrl: string | null
  termsUrl: string | null
  helpUrl: string | null
  mailSenderName: string | null
  /** Of people who say nothing else. */
  language: string | null
  /** Of the person who looks (RFC 7643 §4.1.1): a list by preference, and a tag. */
  personLanguage: string | null
  personLocale: string | null
  /** By which the logo is served. */
  logoHash: string | null
}

const select = prepared<{ organizationId: string; userId: string | null }, Look>(
  (p) => sql`select own_name as "ownName", platform_name as "platformName", accent_light as "accentLight",
      accent_dark as "accentDark", background_light as "backgroundLight", background_dark as "backgroundDark",
      support_contact as "supportContact", privacy_url as "privacyUrl", terms_url as "termsUrl", help_url as "helpUrl",
      mail_sender_name as "mailSenderName", language,
      person_language as "personLanguage", person_locale as "personLocale", logo_hash as "logoHash"
    from shown_look(${p.organizationId}, ${p.userId})`,
)

type Looker = {
  /** Undefined: the platform's own look. */
  organizationId?: string | undefined
  userId?: string | undefined
}

export const findLook = async (
  database: Database,
  { organizationId = platformId, userId }: Looker,
): Promise<Look | undefined> => (await database.read(select({ organizationId, userId: userId ?? null })))[0]

/** The same for a mail that is being written. */
export const findLookIn = async (
  tx: Transaction,
  organizationId: string,
  userId: string | null = null,
): Promise<Look | undefined> => (await tx.run(select({ organizationId, userId })))[0]

/** What the person says of themselves (RFC 7643 §4.1.1). */
export const languageOfPerson = (look: Look | undefined): Language | undefined =>
  acceptedLanguage(look?.personLanguage ?? undefined) ?? knownLanguage(look?.personLocale)

/** Where no browser is asked: the person's, then the organization's. */
export const languageOfLook = (look: Look | undefined): Language | undefined =>
  languageOfPerson(look) ?? knownLanguage(look?.language)

export type Logo = { mediaType: string; content: Uint8Array<ArrayBuffer> }

const selectLogo = prepared<{ hash: string }, { mediaType: string; content: string }>(
  (p) => sql`select media_type as "mediaType", content from logo_by_hash(${p.hash})`,
)

/** Undefined where nobody has such a logo any more. */
export async function findLogo(database: Database, hash: string): Promise<Logo | undefined> {
  const [found] = await database.read(selectLogo({ hash }))
  if (found === undefined) return undefined
  return { mediaType: found.mediaType, content: new Uint8Array(Buffer.from(found.content, 'base64')) }
}
