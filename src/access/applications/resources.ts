// What an application may ask access tokens for (RFC 8707): APIs that are not Rolecall's own, each with the kind of token that it takes.
import { z } from 'zod'
import { browserUriSchema, invalidField } from '#platform/input.ts'
import type { CallContext } from '#src/context.ts'

/** A JWT is good until it runs out, whatever happens meanwhile, so that it runs out soon. In seconds. */
const longestLife = 600

const resource = z.strictObject({
  /** As it is asked for, character by character; the audience of the token. */
  uri: browserUriSchema,
  /** `opaque`: whoever serves it asks what the token is worth; `jwt`: they see it themselves (RFC 9068). */
  format: z.enum(['opaque', 'jwt']),
  lifetimeSeconds: z.number().int().min(60).max(longestLife).default(300),
})

const most = 20

const list = z
  .array(resource)
  .max(most)
  .refine((all) => new Set(all.map(({ uri }) => uri)).size === all.length, 'must name each resource once')

export const resourceFields = { resources: list, servedResources: z.array(browserUriSchema).max(most) }

export type ApplicationResource = z.output<typeof resource>

/** Our own addresses are nobody's resource: what they take, they give out themselves. @throws AppError invalid */
export function checkResources(
  ctx: CallContext,
  given: { resources?: readonly ApplicationResource[] | undefined; servedResources?: readonly string[] | undefined },
): void {
  const uris = [...(given.resources ?? []).map(({ uri }) => uri), ...(given.servedResources ?? [])]
  const own = new Set([ctx.urls.origin, new URL(ctx.urls.provider.issuer).origin])
  if (uris.some((uri) => own.has(new URL(uri).origin)))
    throw invalidField('resources', 'Rolecall’s own address is no resource of an application')
}
