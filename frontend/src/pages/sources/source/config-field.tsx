import type { ConfigProperty } from '../../../api/types.ts'

type Props = {
  name: string
  property: ConfigProperty
  value: unknown
  disabled: boolean
  error: string | undefined
  onChange: (value: unknown) => void
}

export function ConfigField(props: Props) {
  const { name, property, error } = props
  const id = `config-${name}`
  const note = error ?? property.description
  return (
    <div className="space-y-1">
      <label htmlFor={id} className="block text-sm font-medium">
        {property.title ?? name}
      </label>
      <Control id={id} {...props} />
      {note && <p className={error ? 'text-xs text-bad' : 'text-xs text-muted'}>{note}</p>}
    </div>
  )
}

function Control({ id, property, value, disabled, error, onChange }: Props & { id: string }) {
  const shared = { id, disabled, 'aria-invalid': error !== undefined }
  if (property.type === 'boolean') {
    return (
      <input
        {...shared}
        type="checkbox"
        checked={value === true}
        onChange={(event) => onChange(event.target.checked)}
      />
    )
  }
  if (property.enum) {
    return (
      <select
        {...shared}
        className="field"
        value={textOf(value)}
        onChange={(event) => onChange(property.enum?.find((option) => String(option) === event.target.value))}
      >
        {property.enum.map((option) => (
          <option key={String(option)}>{option}</option>
        ))}
      </select>
    )
  }
  if (property.type === 'array') {
    return (
      <textarea
        {...shared}
        className="field h-24! py-1.5 font-mono"
        placeholder="One a line"
        value={Array.isArray(value) ? value.join('\n') : ''}
        onChange={(event) => onChange(event.target.value.split('\n').filter((line) => line.trim() !== ''))}
      />
    )
  }
  const numeric = property.type === 'number' || property.type === 'integer'
  return (
    <input
      {...shared}
      className="field"
      type={numeric ? 'number' : property.format === 'uri' ? 'url' : 'text'}
      min={property.minimum}
      max={property.maximum}
      step={property.type === 'number' ? 'any' : undefined}
      value={textOf(value)}
      onChange={(event) => onChange(numeric ? Number(event.target.value) : event.target.value)}
    />
  )
}

const textOf = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')
