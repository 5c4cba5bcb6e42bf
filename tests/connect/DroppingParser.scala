import java.lang.reflect.{InvocationHandler, InvocationTargetException, Proxy}

import org.apache.spark.sql.SparkSessionExtensions
import org.apache.spark.sql.catalyst.parser.ParserInterface

/** A parser extension as those of table formats: it passes on what a parser must have, and inherits the rest. Since Spark
  * 4.1, what it inherits drops a statement's arguments.
  */
class DroppingParser extends (SparkSessionExtensions => Unit) {
  def apply(extensions: SparkSessionExtensions): Unit = extensions.injectParser((_, parser) => inheriting(parser))

  private def inheriting(parser: ParserInterface): ParserInterface = {
    val handler: InvocationHandler = (proxy, method, arguments) =>
      if (method.isDefault) {
        InvocationHandler.invokeDefault(proxy, method, arguments: _*)
      } else {
        try method.invoke(parser, arguments: _*)
        catch { case error: InvocationTargetException => throw error.getCause }
      }
    Proxy.newProxyInstance(getClass.getClassLoader, Array(classOf[ParserInterface]), handler).asInstanceOf[ParserInterface]
  }
}
