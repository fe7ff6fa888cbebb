// Every address under which pages take forms, for what has to hold of all of them.
import type { TestApp } from './app.ts'

/** Paths with their parameters filled in, once each. @param under what they begin with */
export function postRoutes(
  { routes }: TestApp,
  under: readonly string[],
  ids: Readonly<Record<string, string>> = {},
): string[] {
  const paths = routes.filter(({ method, path }) => method === 'POST' && under.some((start) => path.startsWith(start)))
  const filled = paths.map(({ path }) =>
    path.replaceAll(
      /:(\w+)(\{[^}]*\})?/g,
      (_, name: string, pattern: string | undefined) => ids[name] ?? firstOf(pattern) ?? 'x',
    ),
  )
  return [...new Set(filled)]
}

/** The first of the words that a parameter may be: `{suspend|delete}`. */
const firstOf = (pattern: string | undefined): string | undefined => /^\{([a-z-]+)[|}]/.exec(pattern ?? '')?.[1]
