// Numbers as pictures: a figure by itself, bars over time, parts of a whole.
import type { Child } from 'hono/jsx'
import type { Tone } from './parts.tsx'

/** One figure with its name, as large as it is important. */
export const Figure = ({
  label,
  value,
  detail,
  href,
}: {
  label: string
  value: Child
  detail?: Child
  href?: string
}) => (
  <div class="figure-card">
    <p class="figure-label">{href === undefined ? label : <a href={href}>{label}</a>}</p>
    <p class="figure-value">{value}</p>
    {detail === undefined ? null : <p class="figure-detail">{detail}</p>}
  </div>
)

export type Bar = { label: string; value: number; tone?: Tone; part?: number }

/** Values as bars, for the eye; the same numbers stand in a table for everybody else. */
export const BarChart = ({
  caption,
  bars,
  height = 120,
}: {
  caption: string
  bars: readonly Bar[]
  height?: number
}) => {
  const top = Math.max(1, ...bars.map(({ value }) => value))
  const width = 100 / Math.max(1, bars.length)
  return (
    <figure class="chart">
      <svg
        viewBox={`0 0 100 ${height}`}
        preserveAspectRatio="none"
        height={height}
        aria-hidden="true"
        focusable="false"
      >
        {bars.map(({ value, part = 0 }, index) => {
          const whole = (value / top) * (height - 4)
          const lower = (part / top) * (height - 4)
          const x = index * width + width * 0.15
          return (
            <>
              <rect class="bar" x={x} y={height - whole} width={width * 0.7} height={whole} />
              {part === 0 ? null : (
                <rect class="bar-part" x={x} y={height - lower} width={width * 0.7} height={lower} />
              )}
            </>
          )
        })}
      </svg>
      <figcaption>{caption}</figcaption>
      <div class="visually-hidden">
        <table>
          <caption>{caption}</caption>
          <tbody>
            {bars.map(({ label, value, part }) => (
              <tr>
                <th scope="row">{label}</th>
                <td>{value}</td>
                {part === undefined ? null : <td>{part}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  )
}

/** Parts of a whole, side by side, with their names below. */
export const Share = ({
  caption,
  parts,
}: {
  caption: string
  parts: readonly { label: string; value: number; tone: Tone }[]
}) => {
  const whole = Math.max(
    1,
    parts.reduce((sum, { value }) => sum + value, 0),
  )
  let at = 0
  return (
    <figure class="share">
      <svg viewBox="0 0 100 3" preserveAspectRatio="none" height="12" aria-hidden="true" focusable="false">
        {parts.map(({ value, tone }) => {
          const width = (value / whole) * 100
          const x = at
          at += width
          return (
            <rect class={`tone-${tone}`} x={x} y="0" width={Math.max(0, width - (width > 1 ? 0.25 : 0))} height="3" />
          )
        })}
      </svg>
      <figcaption>
        <span class="visually-hidden">{caption}: </span>
        {parts.map(({ label, value, tone }) => (
          <span class={`share-part tone-${tone}`}>
            {label} {Math.round((value / whole) * 100)} %
          </span>
        ))}
      </figcaption>
    </figure>
  )
}
