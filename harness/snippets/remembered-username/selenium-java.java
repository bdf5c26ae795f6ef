import java.time.Duration;
import org.openqa.selenium.By;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

// The org remembers a username and hides its field: ask for the empty form before you type.
WebDriverWait wait = new WebDriverWait(driver, Duration.ofSeconds(30));
if (!wait.until(ExpectedConditions.presenceOfElementLocated(By.id("username"))).isDisplayed()) {
    driver.findElement(By.id("clear_link")).click();
}
