// Keys by which an application proves who it is (RFC 7523), as a set of public keys (RFC 7517). Whoever pastes a private one is told so.
import { z } from 'zod'

const mostKeys = 10
const longestSet = 16_384
const rsaModulus = /^[\w-]{342,}$/

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

const text = z.string().min(1).max(2_000)

const key = z
  .looseObject({
    kty: z.enum(['RSA', 'EC', 'OKP']),
    kid: text.optional(),
    use: z.literal('sig').optional(),
    n: text.optional(),
  })
  .superRefine((jwk, check) => {
    const found = privateMembers.filter((member) => member in jwk)
    if (found.length > 0)
      check.addIssue({
        code: 'custom',
        message: `is a private key (${found.join(', ')}): give the public part, and make a new key`,
      })
    if (jwk.kty === 'RSA' && !rsaModulus.test(jwk.n ?? ''))
      check.addIssue({ code: 'custom', message: 'must be an RSA key of 2,048 bits or more' })
  })

export const publicKeySet = z
  .strictObject({ keys: z.array(key).min(1, 'must have at least one').max(mostKeys) })
  .refine((set) => JSON.stringify(set).length <= longestSet, `must have at most ${longestSet} characters`)

export type PublicKeySet = z.output<typeof publicKeySet>

export const keyFields = {
  jwks: publicKeySet.nullable(),
  jwksUri: z.string().max(2_000).nullable(),
}

/** Whether it proves who it is by a key: then its secret counts for nothing. */
export const hasKeys = ({ jwks, jwksUri }: { jwks: unknown; jwksUri: string | null }): boolean =>
  jwks !== null || jwksUri !== null
