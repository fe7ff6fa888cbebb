// How work that somebody leaves behind is told by the API, and to whom it is to go.
import { z } from '@hono/zod-openapi'
import { workKinds } from '#access/people/hand-over/work.ts'

export const Work = z
  .object({
    kind: z.enum(workKinds).openapi({
      description:
        'What a host application says they own or approve, an assignment they vouch for, a team they lead, a review that names them, a line of a review or a task that waits for them',
    }),
    item: z.string().openapi({ description: 'Its key within the kind' }),
    name: z.string(),
    about: z.string().nullable(),
    url: z.string().nullable(),
    brandId: z.string().nullable(),
    subjectId: z.string().nullable().openapi({ description: 'The person that it is about, who cannot have it' }),
  })
  .openapi('Work')

const named = z.array(z.object({ id: z.string(), name: z.string() }))

export const MadeByThem = z
  .object({
    onlyManagerOf: named.openapi({ description: 'Brands where nobody else, who is active, gives roles' }),
    applications: named,
    apiKeys: named,
  })
  .openapi('MadeByThem', { description: 'What stays as it is, to be known' })

export const Returnable = Work.extend({
  number: z.string(),
  holder: z.object({ id: z.string(), userName: z.string(), displayName: z.string().nullable() }),
}).openapi('ReturnableWork', { description: 'Handed over to somebody who still has it' })

const successor = z.string().openapi({ description: 'Id, userName or address of somebody active' })

export const handOverBody = {
  to: successor.nullish().openapi({ description: 'Who gets what `items` does not name; what they cannot have stays' }),
  items: z
    .array(z.strictObject({ kind: z.enum(workKinds), item: z.string().optional(), to: successor.nullable() }))
    .max(5_000)
    .optional()
    .openapi({ description: 'A kind as a whole, or one thing; `to` null: it stays behind' }),
}
