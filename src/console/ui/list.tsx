// A list: what it is searched by, what is found, and where it goes on. All of it is in the address, so it can be kept and shared.
import type { Child } from 'hono/jsx'
import { Field } from '#http/ui/forms.tsx'
import { Pager } from './parts.tsx'
import { withParams } from './with-params.ts'

export type SearchProps = {
  action: string
  q: string | undefined
  placeholder: string
  /** Whether it is what most people come to the page for. */
  isPrimary?: boolean
  /** Before the field, where something else is looked for first. */
  first?: Child
  /** Filters. */
  children?: Child
  /** Behind the button. */
  last?: Child
}

export const Search = ({ action, q, placeholder, isPrimary = false, first, children, last }: SearchProps) => (
  <search>
    <form class="filters" method="get" action={action}>
      {first}
      <div class="is-search field">
        <Field name="q" label="Search" type="search" value={q} placeholder={placeholder} isOptional />
      </div>
      {children}
      <button type="submit" class={isPrimary ? 'btn btn-primary' : 'btn'}>
        Search
      </button>
      {last}
    </form>
  </search>
)

export type FoundProps = {
  path: string
  /** What is searched by, as the address says it. */
  query: Readonly<Record<string, string | undefined>>
  /** The parameter that says where a page begins. */
  param?: 'cursor' | 'before' | 'after'
  isFirst: boolean
  /** With where the next page begins; nothing on the last one. */
  found: { items: readonly unknown[]; total?: number; nextCursor: string | null | undefined }
  /** What is said where nothing is found. */
  empty: Child
  children: Child
}

export const Found = ({ path, query, param = 'cursor', isFirst, found, empty, children }: FoundProps) => {
  const { items, total, nextCursor } = found
  return (
    <>
      {items.length === 0 ? empty : children}
      {items.length === 0 ? null : (
        <Pager
          shown={items.length}
          total={total}
          next={typeof nextCursor === 'string' ? withParams(path, { ...query, [param]: nextCursor }) : undefined}
          first={isFirst ? undefined : withParams(path, query)}
        />
      )}
    </>
  )
}
