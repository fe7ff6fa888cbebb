// What a letter of ours consists of; how it becomes a mail is no matter of words (access/notices/mail/compose.ts).
import type { Language } from './texts/languages.ts'

export type Letter = {
  subject: string
  paragraphs: readonly string[]
  /** The one thing to do. */
  action?: {
    label: string
    url: string
    /** Whoever has the link is taken for the recipient: it is shown to nobody who reads the outbox. */
    isForRecipientAlone?: boolean
  }
  /** What others wrote, set apart from our own words. */
  quote?: string | null
  /** Below: what it is about, and what to do where it was unexpected. */
  closing: readonly string[]
}

/** In the language of whoever reads it. */
export type LetterIn = (language: Language) => Letter
