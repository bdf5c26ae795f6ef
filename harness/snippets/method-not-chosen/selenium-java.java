import java.time.Duration;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

// The org offers several methods, and asks for the strongest: go to the list, and select the one that the suite can answer.
WebDriverWait wait = new WebDriverWait(driver, Duration.ofSeconds(30));
By other = By.id("other_method"), app = By.cssSelector("input[value='One-Time Password App']");
wait.until(ExpectedConditions.or(
    ExpectedConditions.visibilityOfElementLocated(other), ExpectedConditions.visibilityOfElementLocated(app)));
for (WebElement link : driver.findElements(other)) link.click();
wait.until(ExpectedConditions.elementToBeClickable(app)).click();
driver.findElement(By.id("save")).click();
