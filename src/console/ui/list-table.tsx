// A table of a long list: headers that sort by a link, and boxes that choose rows.
import type { Child } from 'hono/jsx'

export type ListColumn = {
  label: string
  /** Where the list is sorted by this column, the other way round where it is already. */
  sortHref?: string | undefined
  sorted?: 'ascending' | 'descending' | undefined
  isNumeric?: boolean
  isSilent?: boolean
}

export type ListRow = {
  /** A box before the row; its name, and what it is read out as. */
  choice?: { name: string; label: string; isChecked: boolean } | undefined
  /** One cell a column; the first one names the row. */
  cells: readonly Child[]
}

export type ListTableProps = {
  caption: string
  columns: readonly ListColumn[]
  rows: readonly ListRow[]
  /** Rows can be chosen: what the box that chooses the page is read out as. */
  chooseAll?: string | undefined
}

export const ListTable = ({ caption, columns, rows, chooseAll }: ListTableProps) => (
  <section class="card table-responsive" aria-label={caption} tabindex={0}>
    <table class="table table-vcenter card-table">
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          {chooseAll === undefined ? null : (
            <td class="choose">
              <input class="form-check-input" type="checkbox" aria-label={chooseAll} data-check-all="rows" hidden />
            </td>
          )}
          {columns.map((column) => (
            <HeaderCell {...column} />
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ choice, cells: [name, ...cells] }) => (
          <tr>
            {chooseAll === undefined ? null : (
              <td class="choose">{choice === undefined ? null : <ChoiceBox {...choice} />}</td>
            )}
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

const ChoiceBox = ({ name, label, isChecked }: NonNullable<ListRow['choice']>) => (
  <input
    class="form-check-input"
    type="checkbox"
    name={name}
    value="on"
    aria-label={label}
    checked={isChecked}
    data-check="rows"
  />
)

const HeaderCell = ({ label, sortHref, sorted, isNumeric = false, isSilent = false }: ListColumn) => (
  <th scope="col" class={isNumeric ? 'text-end' : undefined} aria-sort={sorted}>
    {isSilent ? <span class="visually-hidden">{label}</span> : null}
    {!isSilent && sortHref === undefined ? label : null}
    {sortHref === undefined ? null : (
      <a class={`sort-link${sorted === undefined ? '' : ` is-${sorted}`}`} href={sortHref}>
        {label}
      </a>
    )}
  </th>
)
