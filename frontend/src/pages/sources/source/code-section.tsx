import type { SourceDetail } from '../../../api/types.ts'
import { CodeBlock } from '../../../ui/code-block.tsx'
import { Section } from '../../../ui/layout/section.tsx'
import { Time } from '../../../ui/time.tsx'

/** The code as it runs, and the versions before it. Versions never change; runs name theirs. */
export function CodeSection({ source }: { source: SourceDetail }) {
  return (
    <Section id="code" title="Code" note={`${source.language}, version ${source.codeVersion}`}>
      <div className="space-y-4">
        <CodeBlock text={source.code} what={`code of ${source.name}`} numbered />
        <ul aria-label="Versions" className="divide-y divide-line text-sm">
          {source.versions.map((version) => (
            <li key={version.version} className="flex flex-wrap items-center gap-x-4 py-1.5">
              <span className="font-medium">Version {version.version}</span>
              <code className="text-xs text-muted" title={version.hash}>
                {version.hash.slice(0, 12)}
              </code>
              <span className="flex-1 text-muted">{version.origin}</span>
              <span className="text-xs text-muted">
                <Time at={version.publishedAt} />
              </span>
            </li>
          ))}
        </ul>
      </div>
    </Section>
  )
}
