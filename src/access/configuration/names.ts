// The ids of what a document names, once everything that it makes is there.
import { listDirectories } from '#connections/directories/directories.ts'
import { AppError } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'
import { listBrands } from '../grants/brands/brands.ts'
import { listRoles } from '../grants/roles/roles.ts'
import { unknownName, type Work } from './compare.ts'

type Named = 'role' | 'brand' | 'directory'

/** @throws AppError invalid where there is no such thing */
export type IdOf = (work: Pick<Work, 'section' | 'key'>, what: Named, name: unknown) => string

/** @throws AppError forbidden */
export async function readNames(ctx: CallContext): Promise<IdOf> {
  const ids: Record<Named, Map<string, string>> = {
    role: new Map((await listRoles(ctx)).map(({ key, id }) => [key, id])),
    brand: new Map((await listBrands(ctx)).map(({ slug, id }) => [slug, id])),
    directory: new Map((await listDirectories(ctx)).map(({ name, id }) => [name, id])),
  }
  return ({ section, key }, what, name) => {
    const id = ids[what].get(String(name))
    if (id === undefined) throw unknownName(section, key, what, name)
    return id
  }
}

/** Null and nothing stand for what is not in a brand, a directory, or has no role. */
export const idOrNull = (idOf: IdOf, work: Pick<Work, 'section' | 'key'>, what: Named, name: unknown): string | null =>
  name === undefined || name === null ? null : idOf(work, what, name)

/** A step that lacks what it was made with. */
export const idOfWork = ({ id, section, key }: Work): string => {
  if (id === undefined) throw new AppError('internal', `${section} ${key} has no id`)
  return id
}
