// To whoever has something to do when somebody joins or leaves: at the beginning, and when it is overdue.
import type { Letter } from '../letter.ts'

export function checklistLetter(list: {
  name: string
  kind: 'joining' | 'leaving'
  person: string
  organization: string
  titles: readonly string[]
  url: string
  isOverdue: boolean
}): Letter {
  const { name, kind, person, organization, titles, url, isOverdue } = list
  const what = kind === 'joining' ? `${person} joins ${organization}` : `${person} leaves ${organization}`
  return {
    subject: isOverdue ? `Overdue: ${name} (${what})` : `${what}: ${name}`,
    paragraphs: [
      isOverdue ? 'These tasks are overdue:' : 'Please see to the following:',
      ...titles.map((title) => `– ${title}`),
    ],
    action: { label: 'Open the tasks', url },
    closing: ['Note there what is done, or that it is not needed.'],
  }
}
