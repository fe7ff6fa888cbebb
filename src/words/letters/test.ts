// To see whether mail arrives.
import type { Letter } from '../letter.ts'

export const testLetter = (origin: string): Letter => ({
  subject: 'Mail from Rolecall arrives',
  paragraphs: ['This is a test. Somebody wanted to know whether mail from Rolecall arrives; it does.'],
  closing: [`Sent from ${origin}`],
})
