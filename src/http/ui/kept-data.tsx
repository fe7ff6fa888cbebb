// What is kept of somebody, kind by kind, as a page shows it.
import { counted } from '#words/counts.ts'
import { EmptyState } from './content.tsx'
import { Said } from './said.tsx'

export type KeptSection = { what: string; kept: string; rows: readonly Record<string, unknown>[] }

/** More of one kind would be a page that nobody reads; the file has all. */
const shownRows = 50

export const KeptData = ({ sections }: { sections: readonly KeptSection[] }) => {
  const filled = sections.filter(({ rows }) => rows.length > 0)
  if (filled.length === 0) return <EmptyState title="Nothing" text="Nothing is kept of this person." />
  return (
    <>
      {filled.map(({ what, kept, rows }) => (
        <section class="panel">
          <h2>{what}</h2>
          <p class="panel-lead">
            {counted(rows.length, 'entry', 'entries')}, kept {kept}.
          </p>
          <ul class="plain-list">
            {rows.slice(0, shownRows).map((row) => (
              <li>
                <Row row={row} />
              </li>
            ))}
          </ul>
          {rows.length > shownRows ? <p class="under">The file has all of them.</p> : null}
        </section>
      ))}
    </>
  )
}

/** Of use to programs alone: whose row it is, versions, folded copies of what stands beside them. The file has them. */
const isForPrograms = (name: string): boolean =>
  /^(user_id|recorded_at|version|epoch|position|(user_name|name|email|search)_key)$/.test(name)

const Row = ({ row }: { row: Record<string, unknown> }) => (
  <>
    {Object.entries(row)
      .filter(([name, value]) => !isForPrograms(name) && value !== '')
      .map(([name, value], index) => (
        <>
          {index === 0 ? '' : ' · '}
          <span class="text-secondary">{name.replace(/_key$/, '').replaceAll('_', ' ')}</span> <Said value={value} />
        </>
      ))}
  </>
)
