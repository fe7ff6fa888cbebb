// What statements become: each template that the product compiles as its modules are loaded, with the place of its `prepared`.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Compiled } from '#db/statement.ts'

export type CompiledAt = Compiled & { at: string }

const projectFolder = new URL('../..', import.meta.url).pathname
const statementFile = 'src/db/statement.ts'

/** @param load imports the modules, none of which may have been imported before */
export async function compiledStatements(load: () => Promise<unknown>): Promise<CompiledAt[]> {
  const found: CompiledAt[] = []
  const note = (message: unknown): void => {
    found.push({ ...(message as Compiled), at: callerOf(new Error().stack ?? '') })
  }
  subscribe('rolecall.statement', note)
  await load()
  unsubscribe('rolecall.statement', note)
  return found
}

/** The frame that follows those of `prepared` itself. */
function callerOf(stack: string): string {
  const places = [...stack.matchAll(/([^\s(]+):(\d+):(\d+)\)?$/gm)].map(([, file = '', line, column]) => ({
    file: file.replace('file://', '').replace(projectFolder, ''),
    place: `${line}:${column}`,
  }))
  const first = places.findIndex(({ file }) => file === statementFile)
  const caller = places.slice(first).find(({ file }) => file !== statementFile)
  return `${caller?.file}:${caller?.place}`
}
