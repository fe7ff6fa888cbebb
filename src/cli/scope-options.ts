// What a program may do, as the command line says it: an API key, or a machine.
import type { KeyScope } from '#access/grants/managers/key-scope.ts'
import { resolveBrand } from '#access/grants/managers/references.ts'
import { invalid } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'

export type ScopeOptions = { access: string; permission?: string[]; brand?: string[]; from?: string[] }

const accesses = ['everything', 'decisions', 'permissions'] as const

export const accessHelp = 'everything, decisions, or permissions with --permission'

/** @throws AppError invalid, not_found for a brand that is not there */
export async function scopeOf(ctx: CallContext, options: ScopeOptions): Promise<KeyScope> {
  const { permission, brand, from } = options
  const access = accesses.find((each) => each === options.access)
  if (access === undefined) throw invalid(`--access is ${accesses.join(', ')}`, 'invalidValue')
  const brandIds: string[] = []
  for (const reference of brand ?? []) brandIds.push((await resolveBrand(ctx, reference)).id)
  return {
    ...{ access, permissions: permission ?? null, addressRanges: from ?? null },
    brandIds: brand === undefined ? null : brandIds,
  }
}
