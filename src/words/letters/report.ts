// A report that was made on its schedule: what should be looked at, without names.
import type { Letter } from '../letter.ts'
import { namedTime } from '../zones.ts'

type Report = {
  title: string
  madeAt: string
  findings: readonly { text: string; count: number }[]
}

export function reportLetter(
  { title, madeAt, findings }: Report,
  { organization, url, zone }: { organization: string; url: string; zone: string | undefined },
): Letter {
  const found = findings.length === 0 ? 'nothing to look at' : `${findings.length} to look at`
  return {
    subject: `${title} of ${organization}: ${found}`,
    paragraphs: [
      `The report of ${namedTime(madeAt, zone)}:`,
      ...(findings.length === 0
        ? ['There is nothing that should be looked at.']
        : findings.map(({ text, count }) => `${text}: ${count}.`)),
    ],
    action: { label: 'Open the report', url },
    closing: [
      'You are told since an administrator put you on the list. Names stand in the report, for whoever may see them.',
    ],
  }
}
