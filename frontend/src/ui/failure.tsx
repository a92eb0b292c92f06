/** A pane that stopped, alone: the others keep working. */
import { CircleAlert, Copy as CopyIcon, RefreshCw } from "lucide-react";
import { Component, type ReactNode } from "react";
import { Button } from "./button";
import { Icon } from "./icon";

export interface FailureWords {
  readonly title: string;
  readonly text: string;
  readonly again: string;
  readonly copy: string;
}

interface FailureProps {
  readonly words: FailureWords;
  readonly code: string;
  readonly onAgain: () => void;
}

export function Failure({ words, code, onAgain }: FailureProps) {
  return (
    <div className="sec" role="alert">
      <div className="fx g8">
        <span className="bad">
          <Icon of={CircleAlert} />
        </span>
        <span className="t14 b">{words.title}</span>
      </div>
      <p className="t12 mute" style={{ marginTop: 6 }}>
        {words.text}
      </p>
      <div className="fx g6" style={{ marginTop: 12 }}>
        <Button icon={RefreshCw} onClick={onAgain}>
          {words.again}
        </Button>
        <Button icon={CopyIcon} quiet onClick={() => void navigator.clipboard.writeText(code)}>
          {words.copy}
        </Button>
      </div>
      <div className="t11 mute id" style={{ marginTop: 10, overflowWrap: "anywhere" }}>
        {code}
      </div>
    </div>
  );
}

interface BoundaryProps {
  readonly words: FailureWords;
  readonly children: ReactNode;
}

interface BoundaryState {
  readonly code: string | null;
}

export class PaneBoundary extends Component<BoundaryProps, BoundaryState> {
  override readonly state: BoundaryState = { code: null };

  static getDerivedStateFromError(failure: unknown): BoundaryState {
    const cause = failure instanceof Error ? failure.message : String(failure);
    return { code: `${cause} · ${new Date().toISOString()}` };
  }

  override render(): ReactNode {
    const { code } = this.state;
    if (code === null) return this.props.children;
    return <Failure words={this.props.words} code={code} onAgain={() => this.setState({ code: null })} />;
  }
}
