// The live parts of the wizard: they hold no fields, so that a change never takes away what somebody is typing.
import type { Step } from './steps.ts'

/** An element whose content the stream replaces, by the name of the event. */
export type LivePart = { event: string; content: { toString(): string | Promise<string> } }

export const livePartsOf = (steps: readonly Step[], base: string): LivePart[] => [
  { event: 'progress', content: <Progress steps={steps} /> },
  { event: 'overview', content: <Overview steps={steps} base={base} /> },
  ...steps.map((step) => ({ event: `step-${step.key}`, content: <StepState step={step} /> })),
]

const stateClass = ({ isDone, isFailed }: Step): string | undefined =>
  isFailed ? 'is-failed' : isDone ? 'is-done' : undefined

const stateWord = ({ isDone, isFailed }: Step): string => (isFailed ? 'Refused' : isDone ? 'Done' : 'To do')

/** Said aloud when it changes; the overview is not, since it tells seconds. */
export const Progress = ({ steps }: { steps: readonly Step[] }) => (
  <strong>
    {steps.filter(({ isDone }) => isDone).length} of {steps.length} steps done
  </strong>
)

/** Every step with its tick, linked to its part of the page. */
export const Overview = ({ steps, base }: { steps: readonly Step[]; base: string }) => (
  <ol class="steps">
    {steps.map((step) => (
      <li class={stateClass(step)}>
        <a href={`${base}#${step.key}`}>{step.title}</a>
        <span class="visually-hidden">: {stateWord(step)}</span>
        {step.says.map((sentence) => (
          <div class="under">{sentence}</div>
        ))}
        {step.warnings.length === 0 ? null : (
          <div class="under loss">{step.warnings.length === 1 ? 'One warning' : 'Warnings'}, see below</div>
        )}
      </li>
    ))}
  </ol>
)

/** How far one step is, above what there is to do in it. */
export const StepState = ({ step }: { step: Step }) => (
  <>
    <ul class="steps step-state">
      <li class={stateClass(step)}>
        <span class="visually-hidden">{stateWord(step)}: </span>
        {step.says.join(' ')}
      </li>
    </ul>
    {step.warnings.map((warning) => (
      <p class="step-warning">
        <strong>Note:</strong> {warning}
      </p>
    ))}
  </>
)
