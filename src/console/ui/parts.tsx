// Parts that the console's pages are made of; they know nothing of what they show.
import type { Child } from 'hono/jsx'
import { SmallLink } from '#http/ui/buttons.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { Labelled, saidWith } from '#http/ui/forms.tsx'

export type Tone = 'good' | 'warning' | 'bad' | 'quiet' | 'info'

/** A word with a shape and a colour, so that nobody has to tell colours apart (WCAG 1.4.1). */
export const Badge = ({ tone, children }: { tone: Tone; children: Child }) => (
  <span class={`badge-word badge-${tone}`}>{children}</span>
)

export type TabLink = { label: string; href: string; isCurrent: boolean; count?: number | undefined }

/** Pages about one thing, side by side. */
export const Tabs = ({ label, links }: { label: string; links: readonly TabLink[] }) => (
  <nav class="tabs" aria-label={label}>
    <ul>
      {links.map(({ label: text, href, isCurrent, count }) => (
        <li>
          <a href={href} aria-current={isCurrent ? 'page' : undefined}>
            {text}
            {count === undefined ? null : <span class="tab-count">{count.toLocaleString('en')}</span>}
          </a>
        </li>
      ))}
    </ul>
  </nav>
)

/** A card with a heading of its own. */
export const Panel = ({
  title,
  lead,
  actions,
  id,
  children,
}: {
  title: string
  lead?: Child
  actions?: Child
  id?: string
  children?: Child
}) => (
  <section class="panel" id={id} aria-labelledby={`${id ?? slugOf(title)}-title`}>
    <div class="panel-head">
      <div>
        <h2 id={`${id ?? slugOf(title)}-title`}>{title}</h2>
        {lead === undefined ? null : <p class="panel-lead">{lead}</p>}
      </div>
      {actions === undefined ? null : <div class="actions">{actions}</div>}
    </div>
    {children}
  </section>
)

const slugOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)

/** A value to take elsewhere: shown whole, selected at a click, with a button where there is script. */
export const CopyField = ({ label, value, id, hint }: { label: string; value: string; id: string; hint?: Child }) => (
  <div class="field copy-field">
    <label class="form-label" for={id}>
      {label}
    </label>
    <div class="copy-row">
      <input class="form-control" id={id} value={value} readonly data-select-all />
      <button type="button" class="btn" data-copy={id} hidden>
        Copy<span class="visually-hidden"> {label}</span>
      </button>
    </div>
    {hint === undefined ? null : <p class="field-hint">{hint}</p>}
  </div>
)

export type SelectProps = {
  name: string
  label: string
  options: readonly { value: string; label: string; isDisabled?: boolean }[]
  value?: string | undefined
  hint?: Child
  error?: string | undefined
  /** Where nothing need be chosen: the words of the empty choice. */
  empty?: string
  /** For several of the same name on one page. */
  id?: string
}

export const Select = ({ name, label, options, value = '', hint, error, empty, id = name }: SelectProps) => (
  <Labelled {...{ id, label, hint, error }}>
    <select
      class={error === undefined ? 'form-select' : 'form-select is-invalid'}
      id={id}
      name={name}
      {...saidWith(id, { hint, error })}
    >
      {empty === undefined ? null : (
        <option value="" selected={value === ''}>
          {empty}
        </option>
      )}
      {options.map((option) => (
        <option value={option.value} selected={option.value === value} disabled={option.isDisabled === true}>
          {option.label}
        </option>
      ))}
    </select>
  </Labelled>
)

/** Things that have a name, to choose from. */
export const namedOptions = (things: readonly { id: string; name: string }[]) =>
  things.map(({ id, name }) => ({ value: id, label: name }))

export type TextAreaProps = {
  name: string
  label: string
  value?: string | undefined
  hint?: Child
  error?: string | undefined
  rows?: number
  maxlength?: number
  isOptional?: boolean
}

export const TextArea = (props: TextAreaProps) => {
  const { name, label, value = '', hint, error, rows = 3, isOptional = false } = props
  return (
    <Labelled id={name} {...{ label, isOptional, hint, error }}>
      <textarea
        class={error === undefined ? 'form-control' : 'form-control is-invalid'}
        id={name}
        name={name}
        rows={rows}
        maxlength={props.maxlength}
        required={!isOptional}
        {...saidWith(name, { hint, error })}
      >
        {value}
      </textarea>
    </Labelled>
  )
}

/** Where a list goes on; pages are links, so they can be kept and shared. */
export const Pager = ({ shown, total, next, first }: PagerProps) => (
  <nav class="pager" aria-label="Pages">
    <p>
      {shown.toLocaleString('en')} shown{total === undefined ? null : ` of ${total.toLocaleString('en')}`}
    </p>
    <div class="actions">
      {first === undefined ? null : <SmallLink href={first}>First page</SmallLink>}
      {next === undefined ? null : (
        <a class="btn btn-sm" href={next} rel="next">
          Next page
        </a>
      )}
    </div>
  </nav>
)

export type PagerProps = {
  shown: number
  total?: number | undefined
  /** The address of the next page; undefined on the last one. */
  next?: string | undefined
  /** The address of the first page; undefined on it. */
  first?: string | undefined
}

/** A form that only has a button: for a change that needs no further word. */
export const ButtonForm = ({
  action,
  label,
  kind = '',
  fields = {},
}: {
  action: string
  label: Child
  /** Classes of Tabler beside `btn`: `btn-danger`, `btn-sm`. */
  kind?: string
  fields?: Record<string, string>
}) => (
  <PostForm action={action} class="button-form" hidden={fields}>
    <button type="submit" class={`btn ${kind}`}>
      {label}
    </button>
  </PostForm>
)

/** For a row of a list: switches what it is about off or on, or deletes it, by the field `change`. */
export const SwitchActions = ({ action, name, isOn }: { action: string; name: string; isOn: boolean }) => {
  const button = (label: string, change: string) => (
    <ButtonForm
      action={action}
      label={
        <>
          {label}
          <span class="visually-hidden">: {name}</span>
        </>
      }
      kind="btn-sm"
      fields={{ change }}
    />
  )
  return (
    <div class="actions">
      {isOn ? button('Switch off', 'off') : button('Switch on', 'on')}
      {button('Delete', 'delete')}
    </div>
  )
}
