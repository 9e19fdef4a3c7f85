/** An answer that is already JSON text, made once and sent often; `Shape` is what the text holds. */
export class Serialized<Shape> {
  declare readonly shape: Shape;
  constructor(readonly text: string) {}

  static of<Shape>(value: Shape): Serialized<Shape> {
    return new Serialized<Shape>(JSON.stringify(value));
  }
}
