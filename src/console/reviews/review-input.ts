// What the form of a new review says, as the verb takes it.
import type { z } from 'zod'
import type { ReviewInput } from '#access/reviews/schedule-review.ts'
import type { Form } from '#http/read-form.ts'
import { textOf } from '../ui/forms.ts'

type Input = z.input<typeof ReviewInput>

/** Where a field of the verb has another name in the form. */
export const fieldNames = {
  scope: 'role',
  'scope.roleIds': 'role',
  'scope.brandIds': 'brand',
  'scope.directoryId': 'directory',
  'scope.inactiveDays': 'inactiveDays',
  startsAt: 'start',
}

const numberOf = (form: Form, name: string): number | undefined => {
  const text = textOf(form, name)
  return text === undefined ? undefined : Number(text)
}

const isOn = (form: Form, name: string): true | undefined => (form[name] === undefined ? undefined : true)

/** What is chosen of a few, or undefined; the verb refuses anything else. */
const choiceOf = <const T extends string>(form: Form, name: string): T | undefined =>
  textOf(form, name) as T | undefined

/** @param ownId who answers where nobody else is named */
export function inputOf(form: Form, ownId: string): Input {
  const [role, brand] = [textOf(form, 'role'), textOf(form, 'brand')]
  const rule = choiceOf<NonNullable<Input['reviewerRule']>>(form, 'reviewerRule')
  const noAnswer = choiceOf<NonNullable<Input['noAnswer']>>(form, 'noAnswer')
  const start = textOf(form, 'start')
  return {
    name: form['name'] ?? '',
    scope: {
      ...(role === undefined ? {} : { roleIds: [role] }),
      ...(brand === undefined ? {} : { brandIds: [brand] }),
      ...{ isPrivileged: isOn(form, 'isPrivileged'), isOutside: isOn(form, 'isOutside') },
      ...{ inactiveDays: numberOf(form, 'inactiveDays'), directoryId: textOf(form, 'directory') },
    },
    ...{ reviewerRule: rule, reviewerId: rule === 'person' ? (textOf(form, 'reviewerId') ?? '') : null },
    ...{ fallbackId: textOf(form, 'fallbackId') ?? ownId, noAnswer },
    endDays: noAnswer === 'end' ? (numberOf(form, 'endDays') ?? null) : null,
    ...{ undoHours: numberOf(form, 'undoHours'), dueDays: numberOf(form, 'dueDays') },
    ...{ graceDays: numberOf(form, 'graceDays'), recurrence: choiceOf(form, 'recurrence') ?? null },
    startsAt: start === undefined ? null : `${start}T00:00:00.000Z`,
  }
}
