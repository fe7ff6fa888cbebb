// Node reads the description of a package again for every file that imports it and for every file of its own, and some are long: with
// drizzle-orm alone that was half of what a command took to start. What was found once is found again.
import { type ResolveFnOutput, registerHooks } from 'node:module'

const sourceFolder = new URL('../', import.meta.url).href

const isBare = (specifier: string): boolean => /^[a-z@]/.test(specifier) && !specifier.startsWith('node:')

/** From here on, a package that files of src import is looked up once, and the kind of a package's files once per folder. */
export function registerResolveOnce(): void {
  const packages = new Map<string, ResolveFnOutput>()
  const formats = new Map<string, string>()
  registerHooks({
    resolve: (specifier, context, nextResolve) => {
      const { parentURL = '', conditions } = context
      if (isBare(specifier) && parentURL.startsWith(sourceFolder)) {
        const found = packages.get(specifier) ?? { ...nextResolve(specifier, context), shortCircuit: true }
        packages.set(specifier, found)
        return found
      }
      const isPart = /^\.\.?\/.*\.js$/.test(specifier) && parentURL.includes('/node_modules/')
      if (!isPart || !conditions.includes('import')) return nextResolve(specifier, context)
      const url = new URL(specifier, parentURL).href
      const folder = url.slice(0, url.lastIndexOf('/'))
      const format = formats.get(folder)
      if (format !== undefined) return { url, format, shortCircuit: true }
      const resolved = nextResolve(specifier, context)
      if (typeof resolved.format === 'string') formats.set(folder, resolved.format)
      return resolved
    },
  })
}
