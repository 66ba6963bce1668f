// What is asked for often is asked once, a few at a time.
const atOnce = 4;
const most = 500;

export class Queue {
  private known = new Map<string, Promise<string>>();
  private waiting: (() => void)[] = [];
  private busy = 0;

  /** get gives what is known for a key, or asks; a failure is not kept. */
  get(key: string, ask: () => Promise<string>): Promise<string> {
    const known = this.known.get(key);
    if (known) return known;
    const answer = this.turn().then(ask).finally(() => {
      this.busy--;
      this.waiting.shift()?.();
    });
    this.known.set(key, answer);
    answer.catch(() => this.known.delete(key));
    if (this.known.size > most) this.known.delete(this.known.keys().next().value!);
    return answer;
  }

  private async turn(): Promise<void> {
    if (this.busy >= atOnce) await new Promise<void>((go) => this.waiting.push(go));
    this.busy++;
  }

  forget(): void {
    this.known.clear();
  }
}
