// Parts of pages that show something: messages, tables, what is not there yet, facts.
import type { Child } from 'hono/jsx'

type AlertKind = 'info' | 'success' | 'warning' | 'danger'

export type AlertProps = {
  kind: AlertKind
  title: Child
  children?: Child
}

// Shapes as well as colours: a ring with i, tick or cross, and a triangle (WCAG 1.4.1).
const alertIcons: Record<AlertKind, string> = {
  info: 'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18M12 8h.01M11 12h1v4h1',
  success: 'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18M8.5 12.2l2.4 2.4 4.6-4.8',
  warning: 'M12 4 2.8 19.5h18.4zM12 10v4M12 16.8h.01',
  danger: 'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18M9.3 9.3l5.4 5.4M14.7 9.3l-5.4 5.4',
}

/** Said aloud as the page opens: at once where it is about a failure. */
export const Alert = ({ kind, title, children }: AlertProps) => (
  <div class={`notice notice-${kind}`} role={kind === 'danger' ? 'alert' : 'status'}>
    <svg class="notice-icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
      <path d={alertIcons[kind]} />
    </svg>
    <div>
      <p class="notice-title">{title}</p>
      {children === undefined ? null : <div class="notice-text">{children}</div>}
    </div>
  </div>
)

export type Column = {
  label: string
  isNumeric?: boolean
  /** Said, but not shown: for a column of buttons. */
  isSilent?: boolean
}

export type TableProps = {
  /** What the table lists; for screen readers. */
  caption: string
  /** A word alone stands for a column of that name. */
  columns: readonly (string | Column)[]
  /** One cell a column; the first one names the row. */
  rows: readonly (readonly Child[])[]
}

/** In a card; scrolls sideways by itself where the window is narrow, by keyboard too (WCAG 2.1.1). */
export const Table = ({ caption, rows, ...props }: TableProps) => {
  const columns = props.columns.map((column): Column => (typeof column === 'string' ? { label: column } : column))
  return (
    <section class="card table-responsive" aria-label={caption} tabindex={0}>
      <table class="table table-vcenter card-table">
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ label, isNumeric = false, isSilent = false }) => (
              <th scope="col" class={isNumeric ? 'text-end' : undefined}>
                {isSilent ? <span class="visually-hidden">{label}</span> : label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, ...cells]) => (
            <tr>
              <th scope="row">{name}</th>
              {cells.map((cell, index) => (
                <td class={columns[index + 1]?.isNumeric === true ? 'text-end' : undefined}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

export type EmptyStateProps = {
  title: string
  /** Why it is empty, and what would fill it. */
  text: string
  /** The link or button that does. */
  children?: Child
}

export const EmptyState = ({ title, text, children }: EmptyStateProps) => (
  <div class="card empty-state">
    <p class="empty-state-title">{title}</p>
    <p class="lead-sentence">{text}</p>
    {children === undefined ? null : <div class="empty-state-action">{children}</div>}
  </div>
)

/** Facts of one thing: terms and their values. */
export const Facts = ({ facts }: { facts: readonly { term: string; value: Child }[] }) => (
  <dl class="facts">
    {facts.map(({ term, value }) => (
      <div>
        <dt>{term}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
)
