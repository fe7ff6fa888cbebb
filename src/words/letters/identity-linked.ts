// To whoever an account at an identity provider was linked to: with the way to take it back.
import type { LetterIn } from '../letter.ts'
import { say } from '../texts/say.ts'

type Linked = { userName: string; organization: string; connection: string; undoUrl: string; undoDays: number }

export const identityLinkedLetter =
  ({ userName: name, organization, connection, undoUrl: url, undoDays: days }: Linked): LetterIn =>
  (language) => ({
    subject: say(language, 'linked.subject', { connection, organization }),
    paragraphs: [say(language, 'linked.lead', { connection, name, organization })],
    action: { label: say(language, 'linked.action'), url, isForRecipientAlone: true },
    closing: [say(language, 'linked.closing', { days })],
  })
