// Changes of what people may do are made once whoever asks for them has seen what they do: the first request is answered with the
// preview, and the second names its hash.
import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { ChangeKind, ChangeOf, OutcomeOf } from '#access/previews/change.ts'
import { confirmChange } from '#access/previews/preview.ts'
import type { ApiEnv } from './env.ts'
import { problem, problemSchema } from './routes.ts'
import { brandReference, permissionName, roleReference, time } from './schemas.ts'

const person = z.object({ id: z.string(), name: z.string() })

export const AccessPreview = z
  .object({
    hash: z.string().openapi({ description: 'What saving needs' }),
    entries: z.array(
      z.object({
        brand: z.union([brandReference, z.literal('others')]).openapi({
          description:
            'Null: the organization; `others`: each brand where they have no membership and that no policy names',
        }),
        gained: z.array(permissionName),
        lost: z.array(permissionName),
        rolesGained: z.array(roleReference),
        rolesLost: z.array(roleReference),
        isPrivileged: z.boolean(),
        count: z.number().int(),
        sample: z.array(person),
      }),
    ),
    gaining: z.number().int(),
    losing: z.number().int(),
    withoutAccess: z.object({ count: z.number().int(), sample: z.array(person) }),
    administrators: z.object({ before: z.number().int(), after: z.number().int() }),
    conflicts: z
      .array(
        z.object({
          rule: z.object({ id: z.string(), name: z.string() }),
          isEnforced: z.boolean().openapi({ description: 'True: the second side is withheld from them' }),
          count: z.number().int(),
          sample: z.array(person),
        }),
      )
      .openapi({ description: 'Who would come to hold what a rule of separation keeps apart' }),
    earlierEnds: z
      .array(
        z.object({
          ...{ userId: z.string(), name: z.string(), role: z.string() },
          brand: z.string().nullable(),
          before: time.nullable().openapi({ description: 'Null: it had no end' }),
          after: time,
        }),
      )
      .openapi({ description: 'Roles that end sooner than they would have ended' }),
    needsSecondPerson: z.boolean().openapi({
      description: 'The organization wants it approved by a second person, as a draft',
    }),
  })
  .openapi('AccessPreview')

const PreviewRequired = problemSchema
  .extend({ preview: AccessPreview })
  .openapi('PreviewRequired', { description: 'RFC 9457 problem details, and what the change would do' })

/** The header with the hash of the preview that the caller has seen. */
export const previewHeaders = z.object({
  'preview-hash': z.string().max(100).optional().openapi({
    description: 'The hash of the preview that answered the same request before; without it, nothing is changed',
  }),
})

export const staleFailure = { 412: problem('The preview is out of date (reason `stale_preview`)') }

/** Failures of what needs a confirmation. */
export const confirmFailures = {
  ...staleFailure,
  428: {
    description:
      'Nothing is changed yet: this is what it would do (reason `preview_required`); send it again with the hash',
    content: { 'application/problem+json': { schema: PreviewRequired } },
  },
}

/**
 * Makes a change of one thing, as the request has confirmed it.
 * @returns the thing as it is now
 * @throws AppError precondition_required with the preview, where the request does not name its hash; precondition_failed
 */
export async function makeConfirmed<Kind extends ChangeKind>(
  c: Context<ApiEnv>,
  change: ChangeOf<Kind>,
): Promise<OutcomeOf<Kind>[number]> {
  const [outcome] = await confirmChange(c.get('ctx'), change, c.req.header('preview-hash'))
  if (outcome === undefined) throw new Error('A change of one thing leaves one')
  return outcome
}
