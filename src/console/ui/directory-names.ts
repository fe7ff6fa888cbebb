// Directories as pages call them: those that share a name are told apart.
import { type DirectoryRecord, listDirectories } from '#connections/directories/directories.ts'
import { type CallContext, isPermitted } from '#src/context.ts'
import { toldApart } from '#words/told-apart.ts'

/** All of them, none for whoever may not read them. */
export const namedDirectories = async (ctx: CallContext): Promise<DirectoryRecord[]> =>
  isPermitted(ctx, 'directories.read') ? toldApart(await listDirectories(ctx)) : []

type Sourced = { directory: { id: string; name: string } | null }

/** A list of what directories bring, with their names as the filter beside it calls them. */
export const withDirectoryNames = <T extends Sourced>(
  items: readonly T[],
  directories: readonly DirectoryRecord[],
): T[] =>
  items.map((item) => {
    const named = directories.find(({ id }) => id === item.directory?.id)
    return item.directory === null || named === undefined
      ? item
      : { ...item, directory: { ...item.directory, name: named.name } }
  })
